/** A program header of a made file; `memsz` is `filesz` where it is not given. */
export interface MadeSegment {
  readonly address: number;
  /** Where in the data its bytes begin. */
  readonly offset: number;
  readonly filesz: number;
  readonly memsz?: number;
}

/** An ELF file for ARM without sections: these segments, and `length` bytes of zeroes that they load parts of. */
export function elfOf(segments: readonly MadeSegment[], length: number): Uint8Array {
  const data = 52 + 32 * segments.length;
  const bytes = new Uint8Array(data + length);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  const view = new DataView(bytes.buffer);
  view.setUint16(18, 40, true);
  view.setUint32(28, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, segments.length, true);
  for (const [i, { address, offset, filesz, memsz = filesz }] of segments.entries()) {
    const words = [1, data + offset, address, address, filesz, memsz];
    for (const [n, word] of words.entries()) view.setUint32(52 + 32 * i + 4 * n, word, true);
  }
  return bytes;
}
