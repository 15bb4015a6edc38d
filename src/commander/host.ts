import type { Clock } from "../base/clock.ts";
import type { Image } from "../image/image.ts";
import type { Probe } from "../probe/probe.ts";

/** The outside world as the Commander sees it; made by `cli` (or a page, or a test). */
export interface CommanderHost {
  /** Opens the probe that the options name; asked once, at the first command that needs it. */
  openProbe(): Promise<{ readonly probe: Probe; readonly clock: Clock }>;
  /** Throws `HostError` `file-not-found` or `file-unreadable`. */
  readFile(path: string): Uint8Array;
  /** Writes a whole file or none. */
  writeFile(path: string, bytes: Uint8Array): void;
  /** Reads an image file, an address being a raw file's place or another's offset. Throws `ImageError`, `HostError`. */
  readImage(path: string, address: number | undefined): Image;
  /** J-Link's own words, on stdout. */
  out(text: string): void;
  /** Flashproof's words, one line without prefix and newline; the host prints them on stderr. */
  note(line: string): void;
  /** What the user stored for a secured device, J-Link's registry in a file; undefined without an answer. */
  readonly storedAnswer: "unsecure" | "leave" | undefined;
  /** Asks on a terminal; undefined where nobody can answer. */
  readonly ask?: (question: string) => Promise<string>;
}
