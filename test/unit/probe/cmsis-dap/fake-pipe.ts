import type { Pipe } from "../../../../src/pipe/pipe.ts";

/** A pipe whose answers a test gives in their order; what was written, and what it was poisoned with, is kept. */
export class FakePipe implements Pipe {
  readonly maxRead: number;
  unread = 0;
  readonly written: Uint8Array[] = [];
  readonly asked: number[] = [];
  poisoned: unknown;
  isClosed = false;
  private readonly answers: (Uint8Array | Error)[];

  constructor(answers: readonly (readonly number[] | Error)[], maxRead = 64) {
    this.answers = answers.map((answer) => (answer instanceof Error ? answer : Uint8Array.from(answer)));
    this.maxRead = maxRead;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.written.push(bytes.slice());
  }

  async read(max: number): Promise<Uint8Array> {
    this.asked.push(max);
    const answer = this.answers.shift();
    if (answer === undefined) throw new Error("the test gives no more answers");
    if (answer instanceof Error) throw answer;
    return answer;
  }

  poison(cause: unknown): void {
    this.poisoned = cause;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}
