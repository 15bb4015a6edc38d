/** One line for debugging Flashproof itself; never the result of a command. */
export interface LogLine {
  readonly layer: string;
  readonly text: string;
}

/** Where log lines go; the default swallows them. */
export type Log = (line: LogLine) => void;

/** A log that keeps nothing. */
export const noLog: Log = () => {};

/** The last `capacity` things that happened, oldest first, for `--verbose` after an error. */
export class Ring<T> {
  private readonly items: T[] = [];
  private readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  push(item: T): void {
    this.items.push(item);
    if (this.items.length > this.capacity) this.items.shift();
  }

  /** A copy, oldest first. */
  all(): readonly T[] {
    return [...this.items];
  }
}
