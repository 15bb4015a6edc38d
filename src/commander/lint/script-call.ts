import type { Chip } from "../../chips/chip.ts";
import type { CommandSpec } from "../language/command.ts";
import type { Arguments } from "../language/parse-args.ts";
import type { CommanderSettings } from "../language/settings.ts";

/** One line of the script that is a call with arguments as its command takes them. */
export interface ScriptCall {
  readonly line: number;
  readonly command: CommandSpec;
  readonly args: Arguments;
  readonly chip: Chip | undefined;
  readonly settings: CommanderSettings;
}
