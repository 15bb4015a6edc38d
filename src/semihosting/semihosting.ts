import { wordsAt } from "./blocks.ts";
import { ERRNO, SemihostingFailure } from "./failure.ts";
import * as files from "./file-calls.ts";
import type { Call } from "./file-calls.ts";
import { Handles } from "./handles.ts";
import type { SemihostingHost, TargetMemory } from "./host.ts";
import { APPLICATION_EXIT, EXIT_REASONS, type OperationName, operationName } from "./operations.ts";
import * as system from "./system-calls.ts";

/** What an operation leads to: a value for R0, or the firmware's end. */
export type Outcome = { readonly kind: "return"; readonly value: number } | FirmwareExit;

/** The firmware's own end. */
export interface FirmwareExit {
  readonly kind: "exit";
  /** 0 for an ordinary end by SYS_EXIT, the subcode of SYS_EXIT_EXTENDED, 1 for every other reason. */
  readonly code: number;
  /** `ended by SYS_EXIT` and, where the end is no ordinary one, why. */
  readonly words: string;
}

type ValueCall = (call: Call) => Promise<number> | number;

const CALLS: { readonly [Name in Exclude<OperationName, "SYS_EXIT" | "SYS_EXIT_EXTENDED" | "SYS_ERRNO">]: ValueCall } =
  {
    SYS_OPEN: files.open,
    SYS_CLOSE: files.close,
    SYS_WRITEC: system.writeCharacter,
    SYS_WRITE0: system.writeText,
    SYS_WRITE: files.write,
    SYS_READ: files.read,
    SYS_READC: system.readCharacter,
    SYS_ISERROR: system.isError,
    SYS_ISTTY: files.isTty,
    SYS_SEEK: files.seek,
    SYS_FLEN: files.length,
    SYS_TMPNAM: files.temporaryName,
    SYS_REMOVE: files.remove,
    SYS_RENAME: files.rename,
    SYS_CLOCK: system.clock,
    SYS_TIME: system.time,
    SYS_SYSTEM: system.system,
    SYS_GET_CMDLINE: system.commandLine,
    SYS_HEAPINFO: system.heapInfo,
    SYS_ELAPSED: system.elapsed,
    SYS_TICKFREQ: system.tickFrequency,
  };

/** Performs a firmware's semihosting operations on a host that it is given; keeps its open files and `errno`. */
export class Semihosting {
  private readonly host: SemihostingHost;
  private readonly handles = new Handles();
  private errno = 0;

  constructor(host: SemihostingHost) {
    this.host = host;
  }

  /**
   * Performs operation `number` (R0) with its parameter (R1). What fails is answered, and sets `errno`; throws what the
   * signal has called off, and what is no `SemihostingFailure`: a probe that is lost.
   */
  async perform(number: number, parameter: number, memory: TargetMemory, signal: AbortSignal): Promise<Outcome> {
    const name = operationName(number);
    try {
      if (name === "SYS_EXIT") return exitFor(parameter, undefined, name);
      if (name === "SYS_EXIT_EXTENDED") {
        const [reason, subcode] = await wordsAt(memory, parameter, 2);
        return exitFor(reason, subcode, name);
      }
      if (name === "SYS_ERRNO") return { kind: "return", value: this.errno };
      if (name === undefined) throw new SemihostingFailure(ERRNO.ENOSYS, `there is no operation ${number}`);
      const call = { parameter, memory, host: this.host, handles: this.handles, signal };
      return { kind: "return", value: (await CALLS[name](call)) >>> 0 };
    } catch (error) {
      if (signal.aborted || !(error instanceof SemihostingFailure)) throw error;
      this.errno = error.errno;
      return { kind: "return", value: error.answer >>> 0 };
    }
  }

  /** Closes the files that the firmware has left open, as a reset or its end does; it may begin anew at once. */
  close(): Promise<void> {
    this.errno = 0;
    return this.handles.closeAll();
  }
}

function exitFor(reason: number, subcode: number | undefined, by: string): FirmwareExit {
  if (reason === APPLICATION_EXIT) {
    const code = (subcode ?? 0) | 0;
    return { kind: "exit", code, words: `the firmware has ended by ${by} with ${code}` };
  }
  const why = EXIT_REASONS[reason] ?? `reason 0x${reason.toString(16).toUpperCase()}`;
  return { kind: "exit", code: 1, words: `the firmware has ended by ${by}: ${why}` };
}
