/** The bytes of a connection, in pieces of the length that is asked for. */
export class ByteSource {
  private readonly pieces: AsyncIterator<Buffer>;
  private kept: Buffer[] = [];
  private length = 0;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.pieces = pieces[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes; rejects when the connection ends before. One caller at a time. */
  async take(count: number): Promise<Uint8Array> {
    while (this.length < count) {
      const { done, value } = await this.pieces.next();
      if (done) throw new Error("The connection ended");
      this.kept.push(value);
      this.length += value.length;
    }
    const all = this.kept.length === 1 ? this.kept[0] : Buffer.concat(this.kept);
    this.kept = [all.subarray(count)];
    this.length -= count;
    return new Uint8Array(all.buffer, all.byteOffset, count);
  }
}
