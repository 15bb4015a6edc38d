import { ERRNO, SemihostingFailure } from "../../../src/semihosting/failure.ts";
import type { HostFile, SemihostingHost, TargetMemory } from "../../../src/semihosting/host.ts";
import { Semihosting } from "../../../src/semihosting/semihosting.ts";

/** Where the parameter block of each call stands, and where texts and buffers do. */
export const BLOCK = 0x100;
export const BUFFER = 0x200;

/** A firmware's memory of 64 KB, files in memory, and a console with its input given. */
export class Lab {
  readonly bytes = new Uint8Array(0x10000);
  readonly files = new Map<string, Uint8Array>();
  readonly printed: { out: string; err: string } = { out: "", err: "" };
  input = "";
  commandLine = "prog one";
  us = 1_234_567;
  /** Called at each access to memory but the parameter block's. */
  onAccess = (): void => {};
  /** Memory behind the parameter block is as long as the address space, and zero. */
  isEndless = false;
  /** Takes what is printed. */
  onPrinted = (text: string, stream: "out" | "err"): void => {
    this.printed[stream] += text;
  };
  private readonly semihosting = new Semihosting(this.host());
  private readonly memory: TargetMemory = {
    read: async (address, length) => {
      if (length !== 12) this.onAccess();
      if (this.isEndless && address + length > BLOCK + 12) return new Uint8Array(length);
      if (address + length > this.bytes.length) throw new SemihostingFailure(ERRNO.EFAULT, "no memory");
      return this.bytes.slice(address, address + length);
    },
    write: async (address, bytes) => {
      this.onAccess();
      if (address + bytes.length > this.bytes.length) throw new SemihostingFailure(ERRNO.EFAULT, "no memory");
      this.bytes.set(bytes, address);
    },
  };

  /** Performs an operation on a block of words; answers R0, signed. */
  async call(operation: number, ...block: readonly number[]): Promise<number> {
    const view = new DataView(this.bytes.buffer);
    block.forEach((word, i) => void view.setUint32(BLOCK + i * 4, word, true));
    const outcome = await this.perform(operation, BLOCK);
    if (outcome.kind === "exit") throw new Error(outcome.words);
    return outcome.value | 0;
  }

  perform(operation: number, parameter: number, signal: AbortSignal = new AbortController().signal) {
    return this.semihosting.perform(operation, parameter, this.memory, signal);
  }

  /** Puts a text into memory; answers its length. */
  put(text: string, at = BUFFER): number {
    const bytes = new TextEncoder().encode(text);
    this.bytes.set(bytes, at);
    this.bytes[at + bytes.length] = 0;
    return bytes.length;
  }

  text(length: number, at = BUFFER): string {
    return new TextDecoder().decode(this.bytes.slice(at, at + length));
  }

  word(at: number): number {
    return new DataView(this.bytes.buffer).getUint32(at, true);
  }

  /** Opens a file by its name and mode. */
  open(name: string, mode: number): Promise<number> {
    const length = this.put(name);
    return this.call(0x01, BUFFER, mode, length);
  }

  private host(): SemihostingHost {
    return {
      commandLine: () => this.commandLine,
      elapsedUs: () => this.us,
      unixSeconds: () => 1_800_000_000,
      console: {
        write: async (bytes, stream) => {
          this.onPrinted(new TextDecoder().decode(bytes), stream);
        },
        read: async (most) => {
          const taken = this.input.slice(0, most);
          this.input = this.input.slice(most);
          return new TextEncoder().encode(taken);
        },
      },
      files: {
        open: async (name, { base }) => {
          if (base === "r" && !this.files.has(name)) throw new SemihostingFailure(ERRNO.ENOENT, "none");
          if (base === "w" || !this.files.has(name)) this.files.set(name, new Uint8Array(0));
          return this.file(name);
        },
        remove: async (name) => {
          if (!this.files.delete(name)) throw new SemihostingFailure(ERRNO.ENOENT, "none");
        },
        rename: async (from, to) => {
          this.files.set(to, this.files.get(from) ?? new Uint8Array(0));
          this.files.delete(from);
        },
      },
    };
  }

  private file(name: string): HostFile {
    const bytes = () => this.files.get(name) ?? new Uint8Array(0);
    return {
      read: async (at, length) => bytes().slice(at, at + length),
      write: async (at, written) => {
        const all = new Uint8Array(Math.max(bytes().length, at + written.length));
        all.set(bytes());
        all.set(written, at);
        this.files.set(name, all);
      },
      length: async () => bytes().length,
      close: async () => {},
    };
  }
}
