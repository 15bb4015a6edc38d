import { ERRNO, SemihostingFailure } from "../../semihosting/failure.ts";

/**
 * Where GDB finds the bytes of a request, and puts those of its answer: in the vendor's part of the address space, at the
 * end of which no chip of ours has anything, and only while a request waits.
 */
export const WINDOW = { start: 0xffff0000, length: 0x1000 } as const;

/** What GDB has answered to a request. */
interface Answer {
  readonly value: number;
  /** As the protocol numbers it, which is as newlib does; 0 for none. */
  readonly errno: number;
  /** The user has pressed Ctrl-C meanwhile. */
  readonly isInterrupted: boolean;
}

/** EINTR: Ctrl-C ended the call; EUNKNOWN: GDB's machine has an error that the protocol has no number for. */
const [EINTR, EUNKNOWN] = [4, 9999];

/** The largest value of an `int`. */
const INT_MAX = 0x7fffffff;

interface Pending {
  readonly window: Uint8Array;
  readonly resolve: (answer: Answer) => void;
}

/** What a run that waits for its stop gives: how a packet is sent, and how Ctrl-C is taken. */
export interface FileIoClient {
  send(packet: string): Promise<void>;
  interrupt(): void;
}

/**
 * GDB's File-I/O (GDB manual, "File-I/O Remote Protocol Extension"): requests `Fopen,...` to a client that waits for a stop.
 * Before its answer the client reads and writes memory: what is in the window goes here, everything else to the target.
 */
export class FileIo {
  /** Whom requests go to; absent while the client doesn't wait for a stop, and in non-stop mode. */
  client: FileIoClient | undefined;
  private pending: Pending | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private signal: AbortSignal | undefined;
  private readonly gone: AbortSignal;

  /** `gone` aborts once the client has gone: no request waits for it any more. */
  constructor(gone: AbortSignal) {
    this.gone = gone;
  }

  /** Requests until the next call of this belong to a firmware's call that this signal calls off. */
  begin(signal: AbortSignal): void {
    this.signal = signal;
  }

  /**
   * Sends one request after those before it, with `window` as its memory, and answers its value, `most` or less. Throws
   * `SemihostingFailure` with the client's `errno`, or EIO for an answer that can't be; the signal's reason where the run was
   * called off or Ctrl-C ended it, or the client has gone.
   */
  request(text: string, window: Uint8Array, most: number = INT_MAX): Promise<number> {
    const result = this.last.catch(() => {}).then(() => this.ask(text, window, most));
    this.last = result;
    return result;
  }

  /** Takes the packet `F`; one that answers no request is ignored. */
  answered(text: string): void {
    const { pending, client } = this;
    if (!pending) return;
    this.pending = undefined;
    const answer = answerOf(text);
    if (answer.isInterrupted) client?.interrupt();
    pending.resolve(answer);
  }

  /** What the client reads while a request waits; undefined where it means the target's memory. */
  read(address: number, length: number): Uint8Array | undefined {
    const at = address - WINDOW.start;
    if (!this.pending || at < 0 || at + length > WINDOW.length) return undefined;
    const bytes = new Uint8Array(length);
    bytes.set(this.pending.window.subarray(at, at + length));
    return bytes;
  }

  /** Takes what the client writes while a request waits; false where it means the target's memory. Beyond the window is lost. */
  write(address: number, bytes: Uint8Array): boolean {
    const at = address - WINDOW.start;
    if (!this.pending || at < 0 || at > WINDOW.length) return false;
    this.pending.window.set(bytes.subarray(0, Math.max(this.pending.window.length - at, 0)), at);
    return true;
  }

  private async ask(text: string, window: Uint8Array, most: number): Promise<number> {
    const { client, signal, gone } = this;
    if (!client || !signal) throw new SemihostingFailure(ERRNO.EIO, "GDB takes no requests now");
    if (gone.aborted) throw gone.reason;
    if (isAbandoned(signal)) throw signal.reason;
    const { value, errno } = await this.exchange(client, `F${text}`, window, signal);
    if (errno === EINTR && signal.aborted) throw signal.reason;
    if (value === -1) throw new SemihostingFailure(isErrno(errno) ? errno : ERRNO.EIO, `GDB answers errno ${errno}`);
    if (!(value >= 0 && value <= most)) throw new SemihostingFailure(ERRNO.EIO, `GDB answers ${value} to ${text}`);
    return value;
  }

  /** Ctrl-C is GDB's to answer; only a client that has gone, or wants no more of the run, ends this without an answer. */
  private async exchange(
    client: FileIoClient,
    packet: string,
    window: Uint8Array,
    signal: AbortSignal,
  ): Promise<Answer> {
    const { promise, resolve, reject } = settledLater<Answer>();
    const { gone } = this;
    const leave = () => isAbandoned(signal) && reject(signal.reason);
    // Ctrl-C has aborted the signal for good: what comes after it is seen by the client's end alone.
    const end = () => reject(gone.reason);
    this.pending = { window, resolve };
    signal.addEventListener("abort", leave);
    gone.addEventListener("abort", end);
    try {
      const [answer] = await Promise.all([promise, client.send(packet)]);
      return answer;
    } finally {
      this.pending = undefined;
      signal.removeEventListener("abort", leave);
      gone.removeEventListener("abort", end);
    }
  }
}

/** A promise, and what settles it. */
function settledLater<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<T>((onValue, onReason) => {
    [resolve, reject] = [onValue, onReason];
  });
  return { promise, resolve, reject };
}

/** A run that Ctrl-C ends has a signal's number for its reason. */
const isAbandoned = ({ aborted, reason }: AbortSignal): boolean => aborted && typeof reason !== "number";

/** A number that the protocol has for an error (GDB manual, "Errno Values"). */
const isErrno = (errno: number): boolean => errno > 0 && errno < EUNKNOWN;

/** `F RESULT[,ERRNO[,C]]`, in hex. */
function answerOf(text: string): Answer {
  const [, value, errno = "0", interrupted] = /^(-?[0-9a-f]+)(?:,([0-9a-f]*))?(?:,(C))?/i.exec(text) ?? [];
  if (value === undefined) return { value: -1, errno: EUNKNOWN, isInterrupted: false };
  const number = Number.parseInt(errno === "" ? "0" : errno, 16);
  return { value: Number.parseInt(value, 16), errno: number, isInterrupted: interrupted !== undefined };
}
