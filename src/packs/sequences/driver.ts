import type { Position } from "./sequence.ts";

/** Which debug port and access port a sequence works on, as its variables name them. */
export interface SequenceTarget {
  readonly dp: number;
  /** The access port by number (`__ap`), where the device describes none by elements of their own. */
  readonly ap: number;
  /** The access port by the id of its element (`__apid`), where it does; its debug port is that element's then. */
  readonly apid?: number;
}

/** How many bytes one access to memory has. */
export type AccessBytes = 1 | 2 | 4 | 8;

/**
 * What a sequence does to a target, and how it learns the time. An access that the target did not do rejects with
 * `failedAccess`; every other rejection ends the sequence. A function without its method here is refused by name.
 */
export interface SequenceDriver {
  /** Reads one value of memory. */
  read(target: SequenceTarget, address: number, bytes: AccessBytes): Promise<bigint>;
  /** Writes one value of memory, of as many bits as it has bytes. */
  write(target: SequenceTarget, address: number, bytes: AccessBytes, value: bigint): Promise<void>;
  /** Reads a register of a debug port. */
  readDp(dp: number, register: number): Promise<number>;
  /** Writes a register of a debug port. */
  writeDp(dp: number, register: number, value: number): Promise<void>;
  /** Reads a register of the access port. */
  readAp(target: SequenceTarget, register: number): Promise<number>;
  /** Writes a register of the access port. */
  writeAp(target: SequenceTarget, register: number, value: number): Promise<void>;
  /** Reads a register of an access port by its address in the debug port's space (ADIv6). */
  readAccessAp?(dp: number, address: number): Promise<number>;
  /** Writes one of these. */
  writeAccessAp?(dp: number, address: number, value: number): Promise<void>;
  /** Sets pins and answers all, after at most some microseconds; 0xFFFFFFFF where they can't be read. */
  pins?(out: number, select: number, microseconds: number): Promise<number>;
  /** Sets the wire's clock in hertz. */
  clock?(hertz: number): Promise<void>;
  /** Puts 1 to 64 bits on SWDIO, the lowest first. */
  swjSequence?(count: number, bits: bigint): Promise<void>;
  /** Waits. */
  delay(microseconds: number): Promise<void>;
  /** The time in microseconds since some moment. */
  now(): number;
  /** Gives a text of the sequence to the user; 0: information, 1: warning, 2: error. */
  message(level: number, text: string): Promise<void>;
  /** The answer to a request of the sequence; in scripts this is `standard`. */
  query(text: string, standard: bigint): Promise<bigint>;
  /** Does what a debugger does by itself for a predefined sequence that the pack does not bring. */
  predefined(name: string): Promise<void>;
  /** A sequence begins that another one calls. */
  entered(name: string): void;
  /** A `while` ended by its time-out. */
  timedOut(microseconds: number, at: Position): void;
}
