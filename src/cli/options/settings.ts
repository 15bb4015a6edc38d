import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "smol-toml";
import { HostError } from "../../base/errors.ts";
import { readWhole } from "../../node/files.ts";

/** Values that a user may set outside the command line; consents are never among them. */
export type Settings = { readonly [key: string]: unknown };

/** The project's file, in the folder the program runs in. */
export const PROJECT_FILE = "flashproof.toml";

/** Reads the project's file over the user's; either may be missing. Throws `config-invalid` with the file's name. */
export function readSettings(folder: string, env: NodeJS.ProcessEnv): Settings {
  const user = join(env.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "flashproof", PROJECT_FILE);
  return { ...readToml(user), ...readToml(join(folder, PROJECT_FILE)) };
}

/** One TOML file as a table; empty when it does not exist. */
export function readToml(path: string): Settings {
  if (!existsSync(path)) return {};
  try {
    return parse(new TextDecoder().decode(readWhole(path))) as Settings;
  } catch (cause) {
    if (cause instanceof HostError) throw cause;
    throw new HostError("config-invalid", `${path} is not valid TOML`, { details: { path }, cause });
  }
}

/**
 * The value of an option that may be set in four places: the flag, `FLASHPROOF_<OPTION>`, the project's file, the
 * user's file, in this order.
 */
export function setting(
  name: string,
  flag: string | undefined,
  env: NodeJS.ProcessEnv,
  settings: Settings,
): string | undefined {
  if (flag !== undefined) return flag;
  const fromEnv = env[`FLASHPROOF_${name.toUpperCase().replaceAll("-", "_")}`];
  if (fromEnv !== undefined && fromEnv !== "") return fromEnv;
  const fromFile = settings[name];
  return typeof fromFile === "object" || fromFile === undefined
    ? undefined
    : `${fromFile as string | number | boolean}`;
}
