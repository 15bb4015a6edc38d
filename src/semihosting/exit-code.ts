/** A firmware's code as a process's exit code, which has eight bits; a code that those make 0 is no success. */
export const exitCodeOf = (code: number): number => (code !== 0 && (code & 0xff) === 0 ? 1 : code & 0xff);
