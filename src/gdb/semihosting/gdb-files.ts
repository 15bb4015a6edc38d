import { ERRNO, SemihostingFailure } from "../../semihosting/failure.ts";
import type { HostFile, HostFiles, OpenMode } from "../../semihosting/host.ts";
import { type FileIo, WINDOW } from "./file-io.ts";

/** Flags of `open` (GDB manual, "Open Flags"). */
const FLAG = { rdonly: 0x0, wronly: 0x1, rdwr: 0x2, append: 0x8, creat: 0x200, trunc: 0x400 } as const;

/** What a new file's owner, group and others may: 0644. */
const NEW_FILE = 0x1a4;

/** Descriptors of GDB's own console. */
const STREAM = { in: 0, out: 1, err: 2 } as const;

/** `struct stat` and `struct timeval` of the protocol: high byte first (GDB manual, "struct stat", "struct timeval"). */
const STAT = { length: 64, size: 28 } as const;
const TIMEVAL = { length: 12 } as const;

/** The files, console, clock and shell of GDB's machine, by File-I/O. */
export class GdbFiles implements HostFiles {
  private readonly io: FileIo;
  /** Descriptors that GDB has open for a firmware that a reset has ended: closed before the next request. */
  private left: number[] = [];
  private generation = 0;

  constructor(io: FileIo) {
    this.io = io;
  }

  /** The firmware begins anew while GDB may not be asked: what it has open is closed later. */
  restart(): void {
    this.generation++;
  }

  /** Opens it as GDB's machine names it: relative to GDB's folder. */
  async open(name: string, mode: OpenMode): Promise<HostFile> {
    await this.closeLeft();
    const { window, lengths } = namesIn(name);
    const fd = await this.io.request(`open,${at(0)}/${hex(lengths[0])},${hex(flagsOf(mode))},${hex(NEW_FILE)}`, window);
    return new GdbFile(this.io, fd, this.closer(fd));
  }

  /** Removes a file. */
  async remove(name: string): Promise<void> {
    const { window, lengths } = namesIn(name);
    await this.io.request(`unlink,${at(0)}/${hex(lengths[0])}`, window);
  }

  /** Renames a file. */
  async rename(from: string, to: string): Promise<void> {
    const { window, lengths } = namesIn(from, to);
    await this.io.request(`rename,${at(0)}/${hex(lengths[0])},${at(lengths[0])}/${hex(lengths[1])}`, window);
  }

  /** Prints on GDB's console. */
  write(bytes: Uint8Array, stream: "out" | "err"): Promise<void> {
    return writeAll(this.io, STREAM[stream], bytes);
  }

  /** Reads from GDB's console, as far as a line goes. */
  read(most: number): Promise<Uint8Array> {
    return readSome(this.io, STREAM.in, most);
  }

  /** Whether a stream of the console is a terminal. */
  async isTerminal(stream: "in" | "out" | "err"): Promise<boolean> {
    return (await this.io.request(`isatty,${STREAM[stream]}`, NO_BYTES)) === 1;
  }

  /** Seconds since 1970 by GDB's clock. */
  async unixSeconds(): Promise<number> {
    const window = new Uint8Array(TIMEVAL.length);
    await this.io.request(`gettimeofday,${at(0)},0`, window);
    return new DataView(window.buffer).getUint32(0);
  }

  /** Runs a command, which GDB does where its user has allowed it by `set remote system-call-allowed 1`; answers its status. */
  system(command: string): Promise<number> {
    const { window, lengths } = namesIn(command);
    return this.io.request(`system,${at(0)}/${hex(lengths[0])}`, window);
  }

  private closer(fd: number): () => Promise<void> {
    const { generation } = this;
    return async () => {
      if (generation !== this.generation) this.left.push(fd);
      else await this.io.request(`close,${hex(fd)}`, NO_BYTES);
    };
  }

  private async closeLeft(): Promise<void> {
    const { left } = this;
    this.left = [];
    for (const fd of left) await this.io.request(`close,${hex(fd)}`, NO_BYTES).catch(ignoreFailure);
  }
}

/** An open file of GDB's; its place there is moved only where an access doesn't follow the one before. */
class GdbFile implements HostFile {
  readonly close: () => Promise<void>;
  private readonly io: FileIo;
  private readonly fd: number;
  /** Where GDB's descriptor stands; undefined where that is unknown. */
  private place: number | undefined = 0;

  constructor(io: FileIo, fd: number, close: () => Promise<void>) {
    this.io = io;
    this.fd = fd;
    this.close = close;
  }

  async read(position: number, length: number): Promise<Uint8Array> {
    await this.seek(position);
    const bytes = await readSome(this.io, this.fd, length);
    this.place = position + bytes.length;
    return bytes;
  }

  async write(position: number, bytes: Uint8Array): Promise<void> {
    await this.seek(position);
    await writeAll(this.io, this.fd, bytes);
    this.place = position + bytes.length;
  }

  async length(): Promise<number> {
    const window = new Uint8Array(STAT.length);
    await this.io.request(`fstat,${hex(this.fd)},${at(0)}`, window);
    const size = new DataView(window.buffer).getBigUint64(STAT.size);
    if (size > 0x7fffffffn) throw new SemihostingFailure(ERRNO.EINVAL, `a file of ${size} bytes is too long`);
    return Number(size);
  }

  /** What fails now leaves the descriptor at a place that nothing tells. */
  private async seek(position: number): Promise<void> {
    const { place } = this;
    this.place = undefined;
    if (place !== position) await this.io.request(`lseek,${hex(this.fd)},${hex(position)},0`, NO_BYTES);
  }
}

const NO_BYTES = new Uint8Array(0);

async function readSome(io: FileIo, fd: number, most: number): Promise<Uint8Array> {
  const window = new Uint8Array(Math.min(most, WINDOW.length));
  const count = await io.request(`read,${hex(fd)},${at(0)},${hex(window.length)}`, window, window.length);
  return window.subarray(0, count);
}

async function writeAll(io: FileIo, fd: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const window = bytes.slice(done, done + WINDOW.length);
    const count = await io.request(`write,${hex(fd)},${at(0)},${hex(window.length)}`, window, window.length);
    if (count === 0) throw new SemihostingFailure(ERRNO.EIO, "GDB wrote nothing");
    done += count;
  }
}

/** Names that end with 0, one behind the other. Throws `SemihostingFailure` ENAMETOOLONG. */
function namesIn(...names: readonly string[]): { readonly window: Uint8Array; readonly lengths: readonly number[] } {
  const parts = names.map((name) => new TextEncoder().encode(`${name}\0`));
  const window = Uint8Array.from(parts.flatMap((part) => [...part]));
  if (window.length > WINDOW.length) throw new SemihostingFailure(ERRNO.ENAMETOOLONG, "the name is too long");
  return { window, lengths: parts.map((part) => part.length) };
}

/** `fopen`'s modes in flags. */
function flagsOf({ base, isUpdate }: OpenMode): number {
  if (base === "r") return isUpdate ? FLAG.rdwr : FLAG.rdonly;
  return (isUpdate ? FLAG.rdwr : FLAG.wronly) | FLAG.creat | (base === "w" ? FLAG.trunc : FLAG.append);
}

const hex = (value: number): string => value.toString(16);

/** An address in the window. */
const at = (offset: number): string => hex(WINDOW.start + offset);

/** A descriptor of a firmware that has gone is GDB's to lose. */
function ignoreFailure(error: unknown): void {
  if (!(error instanceof SemihostingFailure)) throw error;
}
