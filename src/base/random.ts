/** Words that no one can foresee, from the host's own source. */
export const randomWords = (count: number): Uint32Array => crypto.getRandomValues(new Uint32Array(count));
