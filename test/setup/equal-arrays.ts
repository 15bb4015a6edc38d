import { expect } from "vitest";

type Words = Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array;

const isWords = (value: unknown): value is Words =>
  ArrayBuffer.isView(value) &&
  !(value instanceof DataView) &&
  !(value instanceof Float32Array || value instanceof Float64Array);

const bytesOf = ({ buffer, byteOffset, byteLength }: Words): Buffer => Buffer.from(buffer, byteOffset, byteLength);

/**
 * Compares arrays of bytes or words of one kind as `expect` does, at once: element by element a megabyte takes it seconds.
 * Answers undefined for all else, which `expect` then compares by itself.
 */
export function equalArrays(a: unknown, b: unknown): boolean | undefined {
  if (!isWords(a) || !isWords(b) || a.constructor !== b.constructor) return undefined;
  return bytesOf(a).equals(bytesOf(b));
}

const ADDED = Symbol.for("flashproof.equalArrays");
const worker = globalThis as { [ADDED]?: true };

// Once in a worker: it keeps what `expect` has been given from file to file.
if (!worker[ADDED]) expect.addEqualityTesters([equalArrays]);
worker[ADDED] = true;
