import type { Io } from "../base/clock.ts";
import type { Range as AddressRange } from "../chips/flash-bank.ts";
import type { Permit } from "../flash/permit.ts";
import type { HostConsole, HostFiles } from "../semihosting/host.ts";
import type { RamBreakpoints } from "./ram-breakpoints.ts";
import type { KernelLayouts } from "./rtos/layout.ts";
import type { Policy } from "../protection/effective-image.ts";

/** What a server of GDB needs of the world. */
export interface GdbHost {
  /** Prints a line on the server's own console, which IDEs show. */
  print(line: string): void;
  /** An error in lines for people: the sentence first, then causes and what to do. */
  explain(error: unknown): readonly string[];
  /** Lets time pass while the target runs; resolves early when the signal aborts. */
  rest(us: number, signal: AbortSignal): Promise<void>;
  /**
   * Runs a line of J-Link Commander for `monitor jlink LINE` and answers its output; absent where there is none. It is called
   * off once the client has gone.
   */
  commander?(line: string, io: Io): Promise<string>;
  /** What the firmware may use of the host by semihosting; without it there are no files, and GDB is its console. */
  readonly semihosting?: GdbSemihostingHost;
}

/** The host's part in semihosting. */
export interface GdbSemihostingHost {
  readonly files: HostFiles;
  /** A terminal of the firmware's, which clients reach at a port of their own. */
  readonly terminal?: HostConsole;
  /** Seconds since 1970-01-01. */
  unixSeconds(): number;
}

/** How a firmware's BKPT 0xAB is taken. */
export interface GdbSemihostingOptions {
  /** Served from the start; else `monitor semihosting enable` turns it on. */
  readonly isEnabled: boolean;
  /** What the firmware gets as its command line. */
  readonly commandLine: string;
  /** The firmware's SYS_EXIT ends the program for GDB with its code; else it is a stop. */
  readonly exits: boolean;
  /** Files, console, clock and commands are those of GDB's machine, by File-I/O; off where it is left out. */
  readonly fileIo?: boolean;
}

/** What a client wants to have sent by SWO. */
export interface SwoRequest {
  /** A bit for each stimulus port. */
  readonly ports: number;
  /** The trace clock in hertz; measured where it is not given. */
  readonly cpuHz?: number;
  /** The fastest speed of the pin in hertz; chosen where it is not given. */
  readonly swoHz?: number;
}

/** SWO as a debugger's client sees it; each call answers a line to print. */
export interface SwoControl {
  enable(request: SwoRequest): string;
  disable(): string;
  speed(): string;
}

/** Whether breakpoints may stand in flash; `ask`: once the client says so by `monitor flash breakpoints = 1`. */
export type FlashBreakpoints = "off" | "ask" | "on";

/** One core of several that are served, each at a port of its own. */
export interface ServedCore {
  readonly name: string;
  /** Its number on the chip. */
  readonly index: number;
  /** BKPTs in the RAM that the cores share. */
  readonly ram: RamBreakpoints;
  /** The core whose port flash jobs run by, where that is another one. */
  readonly jobsBy?: string;
}

/** How a target is served to GDB. */
export interface GdbOptions {
  /** Which core is served; left out where the chip has one, or one alone is served. */
  readonly servedCore?: ServedCore;
  /**
   * `load`: GDB knows where flash is, and programs it by `load` alone. `writes`, as J-Link's server has it: GDB knows of no
   * flash, and what it writes there is programmed.
   */
  readonly flashBy?: "load" | "writes";
  /** What `load` does with an image that would lock the chip. */
  readonly policy: Policy;
  /** What the server's own command line has agreed to; `load` has no other consents. */
  readonly permits: readonly Permit[];
  /** Where clients of RTT beside this server have their control block looked for; absent where RTT isn't served. */
  readonly place?: { rtt: { readonly address?: number; readonly ranges?: readonly AddressRange[] } };
  /** SWO beside this server; absent where it isn't served. */
  readonly swo?: SwoControl;
  /** Where the firmware's kernel has its structures' members, by its ELF file; the usual places where it is left out. */
  readonly layouts?: KernelLayouts;
  /** What becomes of the core when a client closes its connection without `detach`. */
  readonly onClose: "run" | "halt";
  /** Breakpoints in flash; off where it is left out. */
  readonly flashBreakpoints?: FlashBreakpoints;
  /** Semihosting; off where it is left out. */
  readonly semihosting?: GdbSemihostingOptions;
}

/** One client's connection. */
export interface GdbPeer {
  /** What it sends, until it ends. */
  pieces(): AsyncIterable<Uint8Array>;
  send(bytes: Uint8Array): Promise<void>;
}
