import type { Clock } from "../base/clock.ts";
import type { Trace } from "../base/trace.ts";
import type { Chip } from "../chips/chip.ts";
import type { Probe, ProbeInfo } from "../probe/probe.ts";
import type { PlacedLine } from "../rtt/places.ts";
import type { Session } from "../session/session.ts";

/** Which probe the options name; both absent: the one that the host is set up for. */
export interface ProbeChoice {
  /** A serial number or nickname on USB. */
  readonly usb?: string;
  /** `HOST[:PORT]`. */
  readonly ip?: string;
}

/** A probe that is open, with the clock its answers are timed by. */
export interface HostProbe {
  readonly probe: Probe;
  readonly clock: Clock;
  /** Present where the user asked for a trace: what a connection through this probe writes its records to. */
  readonly trace?: Trace;
  /**
   * Begins a time in which a simulated board lives at the wall clock's pace; what it answers lets so many microseconds
   * of that pass. Absent where time passes by itself.
   */
  pace?(): (us: number, signal?: AbortSignal) => Promise<void>;
  close(): Promise<void>;
}

/** A server for RTT, as the Commander wants it. */
export interface RttRequest {
  readonly port: number;
  /** What the probe reports of itself, for the banner. */
  readonly info: ProbeInfo;
}

/** All clients of RTT, by the place that they have named. */
export interface RttClients {
  readonly port: number;
  readonly lines: readonly PlacedLine[];
  close(): Promise<void>;
}

/** One probe that can be seen. */
export interface SeenProbe {
  readonly serial: string;
  readonly product: string;
}

/** What the user stored for a secured device, the counterpart of J-Link's registry, and where it was found. */
export interface StoredAnswer {
  readonly answer: "unsecure" | "leave";
  readonly from: string;
}

/** The host as the Commander sees it; made by `cli` (or a page, or a test). */
export interface CommanderHost {
  /** Opens a probe; asked at the first command that needs it, and again after it failed. */
  openProbe(choice: ProbeChoice): Promise<HostProbe>;
  listProbes(): Promise<readonly SeenProbe[]>;
  /**
   * The chip of a device that is none of Flashproof's own, out of what the user has added; undefined where nothing has it.
   * Throws `FlashproofError` where several devices have the name, or what describes it can't be used.
   */
  findDevice?(name: string): Promise<Chip | undefined>;
  /** Throws `HostError` `file-not-found` or `file-unreadable`. */
  readFile(path: string): Uint8Array;
  /** Writes a whole file or none; throws `HostError` `file-unwritable`. */
  writeFile(path: string, bytes: Uint8Array): void;
  /** J-Link's own words, on stdout, with their line ends. */
  out(text: string): void;
  /** Flashproof's words, one line without prefix and line end; the host prints them on stderr. */
  note(line: string): void;
  /** Time for `Sleep` while no probe is open. */
  readonly clock: Clock;
  readonly storedAnswer?: StoredAnswer;
  /** The next line behind a prompt, where there is no script; undefined at the end of the input. */
  readLine?(prompt: string): Promise<string | undefined>;
  /** What calls off one command and not the whole run; asked for anew before each command at a prompt. */
  commandSignal?(): AbortSignal;
  /** Lets the event loop run, so that Ctrl-C is handled while a simulated board keeps the process busy. */
  breathe?(): Promise<void>;
  /** Called with each session once it is connected: the host may look for what an earlier process has left on the chip. */
  onConnected?(session: Session): Promise<void>;
  /** Serves RTT to other programs; throws `port-in-use` for a port that is taken. Called when the run first waits for input or a client. */
  serveRtt?(request: RttRequest): Promise<RttClients>;
  /** Whether a person types those lines, so that prompts make sense, and nothing needs an echo. */
  readonly isInteractive: boolean;
}
