import { type Io, within } from "../../base/clock.ts";
import { HostError } from "../../base/errors.ts";
import type { Session } from "../../session/session.ts";
import { logged } from "../console/console-log.ts";
import { CommandInput } from "../console/input.ts";
import { Notes } from "../console/notes.ts";
import type { CommanderHost, HostProbe } from "../host.ts";
import { findCommand } from "../language/command.ts";
import { COMMANDS } from "../language/command-list.ts";
import { lexLine } from "../language/lexer.ts";
import { CHIPS } from "../../chips/list.ts";
import { parseDeviceName } from "../language/device-name.ts";
import { initialSettings } from "../language/settings.ts";
import { Connection } from "../target/connection.ts";
import { formOf } from "../texts/forms.ts";
import { runCommand } from "./run-command.ts";

/** A target that a line works on and leaves connected, and what the program around it has agreed to. */
export interface LineTarget {
  readonly session: Session;
  readonly opened: HostProbe;
  /** Files, and where the line's words go. */
  readonly host: CommanderHost;
  /** The device's name, with ` (allow security)` where an image that locks the chip may be programmed as it is. */
  readonly device: string | undefined;
  /** Tokens for acts that can't be undone. */
  readonly tokens: readonly string[];
  /** Throws where bytes may not go to an address without a consent. */
  readonly checkWrite: (address: number, bytes: Uint8Array) => void;
  /** Whether registers of debug and access ports may be written, which no check looks at. */
  readonly mayWritePorts: boolean;
}

/** Commands that need no target, and make sense in a line by itself. */
const ALONE: readonly string[] = ["?", "Sleep", "ShowFWInfo", "ShowHWStatus", "uptime", "license", "ReadDP", "ReadAP"];

/** How long a line may take, in milliseconds: a client waits for it, and others for the target; files take longer. */
const LINE_MS = 60_000;
const FILE_MS = 600_000;

/** Commands that move files to the target or from it. */
const MOVES_FILES: readonly string[] = ["LoadFile", "LoadBin", "VerifyBin", "SaveBin"];

/** Commands that write to ports. */
const PORT_WRITES: readonly string[] = ["WriteDP", "WriteAP"];

/**
 * Runs one line of J-Link Commander on a target that is connected already; answers whether its command did what it was
 * for. Throws `usage` for a line that would end the connection, that only sets something for later lines, or that needs a
 * consent which a line can't give, and `aborted` where it is called off; a line that takes too long has failed.
 */
export async function runLine(text: string, target: LineTarget, io: Io = {}): Promise<boolean> {
  const { line } = lexLine(text, false);
  const refusal = refusalOf(line.name, target);
  if (refusal) throw new HostError("usage", `${line.name} is refused here: ${refusal}`);
  const form = formOf();
  const host = logged(target.host);
  const context = {
    host,
    notes: new Notes((note) => host.note(note)),
    settings: settingsFor(target),
    texts: form.texts,
    input: new CommandInput(host, form, ""),
    io: within(target.session.clock, MOVES_FILES.includes(nameOf(line.name)) ? FILE_MS : LINE_MS, io),
    checkWrite: target.checkWrite,
  };
  const connection = new Connection(context, {}, 0);
  connection.adopt(target.opened, target.session);
  return (await runCommand(context, connection, line)) === "ok";
}

function settingsFor({ session, device, tokens }: LineTarget) {
  const named = device === undefined ? undefined : parseDeviceName(device, CHIPS, session.found.chip);
  const settings = initialSettings({}, named);
  settings.tokens.push(...tokens);
  return settings;
}

const nameOf = (typed: string): string => findCommand(COMMANDS, typed)?.names[0] ?? "";

/** Why a command is refused; undefined for one that runs, and for a word that is none. */
function refusalOf(name: string, { mayWritePorts }: LineTarget): string | undefined {
  const command = findCommand(COMMANDS, name);
  const known = command?.names[0] ?? "";
  if (known === "erase") return "an erase needs a consent that only `flashproof erase` takes";
  if (known === "unlock") return "a mass erase needs a consent that only `flashproof unlock` takes";
  if (PORT_WRITES.includes(known))
    return mayWritePorts ? undefined : "a write to a port is checked by nothing; the server's --raw allows it";
  if (!command || command.needs === "target" || ALONE.includes(known)) return undefined;
  return command.needs === "probe" ? "the server's connection would be lost" : "it is for a run of several lines";
}
