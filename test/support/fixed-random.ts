import { Chance } from "./chance.ts";

/** Has the host's random words come from a seed, so that a job's packets are the same each time; answers how to end that. */
export function drawRandomFrom(seed: number): () => void {
  const chance = new Chance(seed);
  const drawn = (words: Uint32Array) => words.map(() => chance.below(2 ** 32));
  const draw = (words: Uint32Array) => {
    words.set(drawn(words));
    return words;
  };
  Object.defineProperty(crypto, "getRandomValues", { value: draw, configurable: true });
  return () => Reflect.deleteProperty(crypto, "getRandomValues");
}
