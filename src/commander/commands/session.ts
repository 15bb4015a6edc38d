import { helpLines } from "../language/command.ts";
import { COMMAND_GROUPS } from "../language/command-list.ts";
import { print } from "../console/context.ts";
import { findDevice } from "../language/device-name.ts";
import { inSlices } from "../run/in-slices.ts";
import type { Call, Handler } from "../run/handler.ts";
import { askMissing } from "./connect-prompts.ts";
import { parseSpeed, parseWire } from "../language/settings.ts";
import { unknownWordHints } from "../language/other-words.ts";
import { exitOnErrorSet, unknownCommand, unreadableArgument } from "../texts/v7-86e/banner.ts";
import * as texts from "../texts/v7-86e/probe.ts";
import { deviceNamed } from "../texts/v7-86e/target.ts";
import { type CommandSpec, findCommand, syntaxOf } from "../language/command.ts";
import { COMMANDS } from "../language/command-list.ts";
import { IMPOSSIBLE_COMMANDS } from "../language/command-list/impossible.ts";

/** `?`, or `? NAME`. */
export const help: Handler = async (call) => {
  const name = call.args.has("Command") ? call.args.text("Command") : undefined;
  if (name === undefined) {
    print(call, helpLines(COMMAND_GROUPS));
    return "ok";
  }
  const lines = commandHelp(name);
  if (lines) print(call, lines);
  else print(call, unknownCommand());
  if (!lines) call.notes.answer(...unknownWordHints(name).map((hint) => `hint: ${hint}`));
  return lines ? "ok" : "failed";
};

/** `connect`: asks for what is not given yet, then connects. */
export const connect: Handler = async (call) => {
  if (call.connection.isLive) return "ok";
  if (!(await call.connection.openProbe())) return "failed";
  if (!(await askMissing(call))) return "failed";
  return (await call.connection.connectTarget()) ? "ok" : "failed";
};

/** `device NAME`: with a live target everything is connected anew. */
export const device: Handler = async (call) => {
  const wasLive = call.connection.isLive;
  call.settings.device = await findDevice(call.args.text("DeviceName"), call.host);
  if (!wasLive) return "ok";
  await call.connection.disconnect();
  print(call, [...texts.disconnected(), ...deviceNamed(call.settings.device.text)]);
  const connected = (await call.connection.openProbe()) && (await call.connection.connectTarget());
  return connected ? "ok" : "failed";
};

/** `si` and `if`. */
export const selectInterface: Handler = async (call) => {
  const wire = parseWire(call.args.text("Interface"));
  if (!wire) return unreadable(call, "Interface", "SelectInterface <Interface>");
  if (wire !== (call.settings.wire ?? "SWD")) call.connection.dropTarget();
  call.settings.wire = wire;
  print(call, texts.wireSelected(wire));
  return "ok";
};

/** `speed`: a live connection continues at the new speed. */
export const speed: Handler = async (call) => {
  const khz = parseSpeed(call.args.text("freq"));
  if (khz === undefined) return unreadable(call, "freq", "speed <freq> | auto | adaptive");
  call.settings.khz = khz;
  if (call.connection.isLive) await call.connection.openedProbe.probe.setSpeed(khz * 1_000, call.io);
  print(call, texts.speedSelected(khz));
  return "ok";
};

function unreadable(call: Call, name: string, syntax: string): "failed" {
  print(call, unreadableArgument(name, syntax));
  return "failed";
}

/** `ExitOnError`: counts from the next command on. */
export const exitOnError: Handler = async (call) => {
  call.settings.exitOnError = call.args.text("1 | 0") === "1";
  print(call, exitOnErrorSet(call.settings.exitOnError));
  return "ok";
};

/** `Sleep`: on the target's clock, so that a simulated board lives through it. */
export const sleep: Handler = async (call) => {
  const ms = call.args.number("ms");
  print(call, texts.slept(ms));
  const { clock } = call.connection.hasProbe ? call.connection.openedProbe : call.host;
  const pass = () =>
    inSlices(call, ms, async (slice) => {
      await clock.sleep(slice * 1_000, call.io.signal);
      return false;
    });
  await (call.connection.livesOnItsOwn ? call.connection.during(pass) : pass());
  return "ok";
};

/** `log`: from here on what the console shows is also written to a file, when the run ends. */
export const log: Handler = async (call) => {
  call.host.log.start(call.args.text("filename"));
  return "ok";
};

/** `le`: there is no other byte order. */
export const littleEndian: Handler = async () => "ok";

/** `q`, `qc` and `exit`. */
export const quit: Handler = async () => "quit";

/** `? NAME`: one command in lines; undefined where the word is none. */
function commandHelp(name: string): readonly string[] | undefined {
  const command: CommandSpec | undefined = findCommand(COMMANDS as readonly CommandSpec[], name);
  if (command) {
    const [, ...also] = command.names;
    return [
      `${syntaxOf(command)}`,
      `  ${command.help}`,
      ...(also.length > 0 ? [`  also: ${also.join(", ")}`] : []),
      ...(command.args.some(({ kind }) => HEX.includes(kind)) ? ["  numbers are hex, 0x or not"] : []),
      `  prints: ${command.prints.replaceAll("`", "")}`,
      `  example: ${command.example}`,
    ];
  }
  const impossible = findCommand(IMPOSSIBLE_COMMANDS, name);
  return impossible && [`${impossible.names[0]} can't work here: ${impossible.why}.`];
}

const HEX: readonly string[] = ["hex", "hex64", "address"];
