// @ts-check

/** A repeatable generator of numbers from 0 to 1. @param {number} seed @returns {() => number} */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
  };
}

/**
 * Up to `count` of the items, drawn without putting back; the same seed draws the same.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {number} count
 * @param {number} seed
 * @returns {T[]}
 */
export function sampleOf(items, count, seed) {
  const random = generator(seed);
  const left = [...items];
  const taken = Math.min(count, left.length);
  return Array.from({ length: taken }, () => left.splice(Math.floor(random() * left.length), 1)[0]);
}

/** Wilson's 95 % interval of a share, both ends from 0 to 1; of nothing it is all of that. @param {number} hits @param {number} of */
export function intervalOf(hits, of) {
  if (of === 0) return { low: 0, high: 1 };
  const z = 1.96;
  const share = hits / of;
  const middle = share + (z * z) / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const scale = 1 + (z * z) / of;
  return { low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) };
}
