import { checkRange, nameAt, wordsAt } from "./blocks.ts";
import { ERRNO, SemihostingFailure } from "./failure.ts";
import type { Access, Handle, Handles } from "./handles.ts";
import type { OpenMode, SemihostingHost, TargetMemory } from "./host.ts";

/** The name of the standard streams (section 6.5). */
const CONSOLE = ":tt";

/** The file that tells which extensions there are (section 4.2): EXIT_EXTENDED and STDOUT_STDERR. */
const FEATURES = ":semihosting-features";
const FEATURE_BYTES = Uint8Array.of(0x53, 0x48, 0x46, 0x42, 0x03);

/** Bytes of a transfer between memory and a file, so that a wrong length fails before anything large is allocated. */
const PIECE = 0x1000;

/** Bytes that one call transfers at most, as large as the largest memory; what is left is answered as missing. */
const MOST_TRANSFER = 1 << 24;

/** What one operation works with. */
export interface Call {
  /** The register R1. */
  readonly parameter: number;
  readonly memory: TargetMemory;
  readonly host: SemihostingHost;
  readonly handles: Handles;
  /** Calls the operation off: those that wait for input or transfer piece by piece look at it. */
  readonly signal: AbortSignal;
}

/** SYS_OPEN: `{name, mode, length}`; answers a handle. */
export async function open({ parameter, memory, host, handles }: Call): Promise<number> {
  const [address, mode, length] = await wordsAt(memory, parameter, 3);
  if (mode > 11) throw new SemihostingFailure(ERRNO.EINVAL, `there is no mode ${mode}`);
  const name = await nameAt(memory, address, length);
  handles.checkFree();
  if (name === CONSOLE) return handles.add({ kind: "console", console: host.console, stream: streamOf(mode) });
  const how = modeOf(mode);
  if (name === FEATURES) {
    if (how.base !== "r" || how.isUpdate) throw new SemihostingFailure(ERRNO.EACCES, `${name} can only be read`);
    return handles.add({ kind: "bytes", bytes: FEATURE_BYTES, at: 0 });
  }
  const file = await host.files.open(name, how);
  return handles.add({ kind: "file", file, appends: how.base === "a", access: accessOf(how), at: 0 });
}

const streamOf = (mode: number) => (mode < 4 ? "in" : mode < 8 ? "out" : "err");

/** Modes are `fopen`'s in the order r, rb, r+, r+b, w, ... a+b. */
const modeOf = (mode: number): OpenMode => ({
  base: (["r", "w", "a"] as const)[mode >> 2],
  isUpdate: (mode & 2) !== 0,
});

const accessOf = ({ base, isUpdate }: OpenMode): Access => (isUpdate ? "both" : base === "r" ? "read" : "write");

/** SYS_CLOSE: `{handle}`. */
export async function close({ parameter, memory, handles }: Call): Promise<number> {
  const [number] = await wordsAt(memory, parameter, 1);
  await handles.close(number);
  return 0;
}

/** SYS_WRITE: `{handle, address, length}`; answers how many bytes were not written. */
export const write = (call: Call): Promise<number> =>
  transfer(call, async (handle, address, most) => {
    const bytes = await call.memory.read(address, most);
    await writePiece(handle, bytes);
    return { count: bytes.length, isLast: false };
  });

/** What one piece of a transfer has moved. */
interface Moved {
  readonly count: number;
  readonly isLast: boolean;
}

/**
 * `{handle, address, length}`, piece by piece; answers how many bytes are missing, a failed one too. What is called off is
 * answered by what is missing once something was moved, so that it isn't moved twice; before that it throws the signal's
 * reason, and the firmware's call can be performed again.
 */
async function transfer(
  { parameter, memory, handles, signal }: Call,
  move: (handle: Handle, address: number, most: number) => Promise<Moved>,
): Promise<number> {
  const [number, address, length] = await wordsAt(memory, parameter, 3);
  const most = Math.min(length, MOST_TRANSFER);
  let done = 0;
  try {
    const handle = handles.get(number);
    checkRange(address, length);
    while (done < most && !(signal.aborted && done > 0)) {
      signal.throwIfAborted();
      const { count, isLast } = await move(handle, address + done, Math.min(PIECE, most - done));
      done += count;
      if (isLast) break;
    }
    return length - done;
  } catch (error) {
    if (!(error instanceof SemihostingFailure)) throw error;
    throw new SemihostingFailure(error.errno, error.message, length - done);
  }
}

async function writePiece(handle: Handle, bytes: Uint8Array): Promise<void> {
  if (handle.kind === "console") {
    if (handle.stream === "in") throw new SemihostingFailure(ERRNO.EBADF, "the handle is the standard input's");
    return handle.console.write(bytes, handle.stream);
  }
  if (handle.kind === "bytes" || handle.access === "read")
    throw new SemihostingFailure(ERRNO.EBADF, "the file is open for reading");
  const at = handle.appends ? await handle.file.length() : handle.at;
  await handle.file.write(at, bytes);
  handle.at = at + bytes.length;
}

/** SYS_READ: `{handle, address, length}`; answers how many bytes were not read: all of them at the end of the file. */
export const read = (call: Call): Promise<number> =>
  transfer(call, async (handle, address, most) => {
    const bytes = await readPiece(handle, most, call.signal);
    await call.memory.write(address, bytes);
    // What was typed is handed over as it comes.
    return { count: bytes.length, isLast: bytes.length === 0 || handle.kind === "console" };
  });

async function readPiece(handle: Handle, most: number, signal: AbortSignal): Promise<Uint8Array> {
  if (handle.kind === "console") {
    if (handle.stream !== "in") throw new SemihostingFailure(ERRNO.EBADF, "the handle is an output's");
    return handle.console.read(most, signal);
  }
  if (handle.kind === "file" && handle.access === "write")
    throw new SemihostingFailure(ERRNO.EBADF, "the file is open for writing");
  const bytes =
    handle.kind === "bytes" ? handle.bytes.slice(handle.at, handle.at + most) : await handle.file.read(handle.at, most);
  handle.at += bytes.length;
  return bytes;
}

/** SYS_ISTTY: `{handle}`; answers 1 for a standard stream. */
export async function isTty({ parameter, memory, handles }: Call): Promise<number> {
  const [number] = await wordsAt(memory, parameter, 1);
  const handle = handles.get(number);
  if (handle.kind !== "console") return 0;
  return (await (handle.console.isTerminal?.(handle.stream) ?? true)) ? 1 : 0;
}

/** SYS_SEEK: `{handle, position}`; beyond the end of a file is allowed where it is written. */
export async function seek({ parameter, memory, handles }: Call): Promise<number> {
  const [number, position] = await wordsAt(memory, parameter, 2);
  const handle = handles.get(number);
  if (handle.kind === "console") throw new SemihostingFailure(ERRNO.EINVAL, "a standard stream has no places");
  if (handle.kind === "bytes" && position > handle.bytes.length)
    throw new SemihostingFailure(ERRNO.EINVAL, "the place is beyond the end");
  handle.at = position;
  return 0;
}

/** SYS_FLEN: `{handle}`; a standard stream has none, and answers 0 as a terminal's file does. */
export async function length({ parameter, memory, handles }: Call): Promise<number> {
  const [number] = await wordsAt(memory, parameter, 1);
  const handle = handles.get(number);
  if (handle.kind === "console") return 0;
  return handle.kind === "bytes" ? handle.bytes.length : handle.file.length();
}

/** SYS_REMOVE: `{name, length}`. */
export async function remove({ parameter, memory, host }: Call): Promise<number> {
  const [address, size] = await wordsAt(memory, parameter, 2);
  await host.files.remove(await nameAt(memory, address, size));
  return 0;
}

/** SYS_RENAME: `{old name, length, new name, length}`. */
export async function rename({ parameter, memory, host }: Call): Promise<number> {
  const [from, fromSize, to, toSize] = await wordsAt(memory, parameter, 4);
  await host.files.rename(await nameAt(memory, from, fromSize), await nameAt(memory, to, toSize));
  return 0;
}

/** SYS_TMPNAM: `{buffer, number, size}`; a name without a folder, the same for the same number. */
export async function temporaryName({ parameter, memory }: Call): Promise<number> {
  const [address, number, size] = await wordsAt(memory, parameter, 3);
  const name = new TextEncoder().encode(`semihosting-${(number & 0xff).toString().padStart(3, "0")}.tmp\0`);
  if (name.length > size) throw new SemihostingFailure(ERRNO.EINVAL, `a buffer of ${size} bytes is too short`);
  await memory.write(address, name);
  return 0;
}
