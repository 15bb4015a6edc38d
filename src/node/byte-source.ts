import type { Socket } from "node:net";

/** The bytes of a connection, in pieces of the length that is asked for. */
export class ByteSource {
  private readonly chunks: AsyncIterator<Buffer>;
  private kept: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.chunks = (socket as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes; rejects when the connection ends before. One caller at a time. */
  async take(count: number): Promise<Uint8Array> {
    while (this.kept.length < count) {
      const { done, value } = await this.chunks.next();
      if (done) throw new Error("The connection ended");
      this.kept = Buffer.concat([this.kept, value]);
    }
    const taken = this.kept.subarray(0, count);
    this.kept = this.kept.subarray(count);
    return new Uint8Array(taken.buffer, taken.byteOffset, taken.length);
  }
}
