import { printableLine } from "../../base/printable.ts";
import type { Io } from "../../base/clock.ts";
import type { CommandInput } from "./input.ts";
import type { LoggedHost } from "./console-log.ts";
import type { CommanderHost } from "../host.ts";
import type { Notes } from "./notes.ts";
import type { FormTexts } from "../texts/forms.ts";
import type { CommanderSettings } from "../language/settings.ts";

/** What everything in the Commander works with, connected or not. */
export interface Context {
  readonly host: LoggedHost;
  readonly notes: Notes;
  readonly settings: CommanderSettings;
  /** The texts that differ between J-Link's versions, as the chosen one has them. */
  readonly texts: FormTexts;
  readonly input: CommandInput;
  /** The caller's way to call the run off. */
  readonly io: Io;
  /** Throws where a write may not be made without a consent; absent where each line is the user's own hand. */
  readonly checkWrite?: (address: number, bytes: Uint8Array) => void;
}

/** Prints J-Link's lines. */
export function print(context: { readonly host: Pick<CommanderHost, "out"> }, lines: readonly string[]): void {
  if (lines.length > 0) context.host.out(lines.map((line) => `${printableLine(line)}\n`).join(""));
}
