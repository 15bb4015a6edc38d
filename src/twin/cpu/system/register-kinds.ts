import type { ScsRegister } from "../core.ts";
import type { State } from "../state.ts";

/** A register with its address. */
export type Row = readonly [address: number, register: ScsRegister];

type WordField = {
  [K in keyof State]: State[K] extends number ? K : never;
}[keyof State];

/** A register that always reads the same. */
export const constant = (value: number): ScsRegister => ({ read: () => value });

/** A register that is one field of the state; `fixed` are bits that read as 1. */
export const field = (name: WordField, mask: number, fixed = 0): ScsRegister => ({
  read: ({ state }) => (state[name] as number) >>> 0,
  write: ({ state }, value) => {
    (state as unknown as Record<WordField, number>)[name] = ((value & mask) | fixed) >>> 0;
  },
});

/** Status bits that a written 1 clears. */
export const onesClear = (name: WordField, mask: number): ScsRegister => ({
  ...field(name, mask),
  write: ({ state }, value) => {
    (state as unknown as Record<WordField, number>)[name] = ((state[name] as number) & ~(value & mask)) >>> 0;
  },
  strobes: true,
});
