import { ByteReader } from "../../base/bytes.ts";

/** Takes exactly so many bytes of the answer that is coming. */
export type Take = (count: number) => Promise<Uint8Array>;

/**
 * One J-Link command: its byte, how it is asked, how its answer is read. There is no framing, so the reader itself
 * knows how much comes. All numbers are little-endian (RM08001, 3).
 */
export interface JLinkCommand<Args extends readonly unknown[], Answer> {
  readonly name: string;
  readonly id: number;
  /** The whole request, command byte included. */
  encode(...args: Args): Uint8Array;
  decode(take: Take, ...args: Args): Promise<Answer>;
}

/** A command that is its byte and no more, with an answer of `length` bytes. */
export function query<Answer>(
  name: string,
  id: number,
  length: number,
  decode: (answer: ByteReader) => Answer,
): JLinkCommand<readonly [], Answer> {
  return {
    name,
    id,
    encode: () => Uint8Array.of(id),
    decode: async (take) => decode(new ByteReader(await take(length))),
  };
}

/** A command without an answer. */
export function command<Args extends readonly unknown[]>(
  name: string,
  id: number,
  encode: (...args: Args) => readonly number[] = () => [],
): JLinkCommand<Args, void> {
  return { name, id, encode: (...args) => Uint8Array.of(id, ...encode(...args)), decode: async () => {} };
}
