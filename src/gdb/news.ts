/** So many lines wait for a client at most; the oldest are dropped. */
const MOST_LINES = 16;

/** Lines that a client is to see at its next chance: each once, and never more than a screen holds. */
export class News {
  private lines: readonly string[] = [];

  /** Adds a line, behind those that wait already. */
  push(line: string): void {
    this.lines = [...this.lines.filter((one) => one !== line), line].slice(-MOST_LINES);
  }

  /** The lines that wait; they wait no more. */
  take(): readonly string[] {
    const { lines } = this;
    this.lines = [];
    return lines;
  }
}
