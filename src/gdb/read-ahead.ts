/** Bytes that are taken before they are used, at most. */
const MOST = 1 << 18;

/** What a client sends, and whether it has gone: known while a request of its is still being served. */
export interface ReadAhead {
  readonly pieces: AsyncIterable<Uint8Array>;
  /** Aborts once the client has sent its last, or its connection has broken. */
  readonly gone: AbortSignal;
}

/** Takes what a client sends at once, a bounded part of it before it is used. What the source throws, `pieces` throws. */
export function readAhead(source: AsyncIterable<Uint8Array>): ReadAhead {
  const gone = new AbortController();
  const waiting = new WaitingPieces();
  void take(source, waiting)
    .then(
      () => waiting.end(),
      (error: unknown) => waiting.end({ error }),
    )
    .then(() => gone.abort());
  return { pieces: waiting.all(), gone: gone.signal };
}

async function take(source: AsyncIterable<Uint8Array>, waiting: WaitingPieces): Promise<void> {
  for await (const piece of source) {
    waiting.add(piece);
    while (waiting.isFull) await waiting.changed();
    if (waiting.isLeft) return;
  }
}

/** Pieces between their sender and their user. */
class WaitingPieces {
  /** The user wants no more. */
  isLeft = false;
  private readonly pieces: Uint8Array[] = [];
  private length = 0;
  private isOver = false;
  private failure: { readonly error: unknown } | undefined;
  private wake = () => {};

  get isFull(): boolean {
    return this.length > MOST && !this.isLeft;
  }

  add(piece: Uint8Array): void {
    this.pieces.push(piece);
    this.length += piece.length;
    this.change();
  }

  end(failure?: { readonly error: unknown }): void {
    this.isOver = true;
    this.failure = failure;
    this.change();
  }

  /** Resolves at the next change; there is one that waits at a time: the sender while it is full, else the user. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  async *all(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const piece = this.pieces.shift();
        if (piece) {
          this.length -= piece.length;
          this.change();
          yield piece;
        } else if (this.failure) throw this.failure.error;
        else if (this.isOver) return;
        else await this.changed();
      }
    } finally {
      this.isLeft = true;
      this.change();
    }
  }

  private change(): void {
    this.wake();
  }
}
