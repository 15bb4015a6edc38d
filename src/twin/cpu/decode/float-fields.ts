/** Register numbers of a floating-point instruction: singles keep their lowest bit apart, doubles their highest. */
export interface FloatFields {
  readonly d: number;
  readonly n: number;
  readonly m: number;
}

/** The fields as S registers. */
export const singleFields = (hw1: number, hw2: number): FloatFields => ({
  d: ((hw2 >> 11) & 30) | ((hw1 >> 6) & 1),
  n: ((hw1 << 1) & 30) | ((hw2 >> 7) & 1),
  m: ((hw2 << 1) & 30) | ((hw2 >> 5) & 1),
});

/** The fields as D registers; above 15 they do not exist. */
export const doubleFields = (hw1: number, hw2: number): FloatFields => ({
  d: ((hw2 >> 12) & 15) | ((hw1 >> 2) & 16),
  n: (hw1 & 15) | ((hw2 >> 3) & 16),
  m: (hw2 & 15) | ((hw2 >> 1) & 16),
});
