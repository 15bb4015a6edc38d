import type { MemoryOp } from "../../adi/memory.ts";
import type { Io } from "../../base/clock.ts";
import type { Range } from "../../chips/flash-bank.ts";
import type { Core } from "../../cortex/core.ts";
import type { StartOptions } from "../loader.ts";
import type { MailboxCommand } from "../ram-mailbox.ts";
import type { QueueLayout } from "./room.ts";

/** What a family's loader with a queue is, and what it needs around it. */
export interface QueueLoader {
  /** Machine code in hex; its entry is its first byte. */
  readonly code: string;
  readonly layout: QueueLayout;
  /** The command that ends the loader. */
  readonly quit: number;
  /** The family's words of the set-up, between the keys and the ring; asked for behind `prepare`. */
  readonly setup: () => readonly number[];
  /** Throws where the chip is not in a state for flash commands, where that takes more than looks. */
  prepare?(core: Core, io: StartOptions): Promise<void>;
  /** What is looked at before it starts. */
  readonly looks?: readonly MemoryOp[];
  /** Throws where the chip is not in a state for flash commands, by the words of the looks. */
  check?(words: Uint32Array): void;
  /** RAM beside its work RAM that the loader uses and that is wanted back. */
  readonly keptRam?: readonly Range[];
  /** Accesses for after the loader has ended. */
  lastAccesses?(): readonly MemoryOp[];
  /** After the loader has ended, before RAM and registers are given back. */
  finish?(core: Core, io: Io): Promise<void>;
  /** Throws what a status says. */
  throwFailure(command: MailboxCommand, address: number, status: number): never;
}

/** What the loader may change: everything at once, and sectors, a bit for each in words of 32. */
export interface PermittedBits {
  readonly everything: boolean;
  readonly sectors: readonly number[];
}
