import { print } from "../console/context.ts";
import { findDevice } from "../language/device-name.ts";
import { EXEC_STRINGS, EXEC_WITHOUT_EFFECT, type ExecName } from "../language/exec-list.ts";
import type { Call, Handler } from "../run/handler.ts";
import { parseDecimal } from "../language/numbers.ts";
import { parseBlockAddress, parseSearchRanges } from "../../rtt/place-text.ts";
import { IGNORE_SCRIPT_FILE, scriptFileMissing } from "../words/script-file-words.ts";
import { dllError, UNKNOWN_EXEC } from "../texts/v7-86e/banner.ts";
import { RESET_TYPES } from "../texts/v7-86e/reset.ts";
import { deviceNamed } from "../texts/v7-86e/target.ts";

/** `exec NAME = VALUE` or `exec NAME VALUE`: a command string of the DLL; most say nothing. */
export const exec: Handler = async (call) => {
  const [, name = "", value = ""] = /^(\w+)\s*=?\s*(.*)$/.exec(call.args.text("Command")) ?? [];
  const done = await run(call, name, value.trim());
  if (!done) print(call, dllError(UNKNOWN_EXEC));
  return done ? "ok" : "failed";
};

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Does one string; answers whether it is one that J-Link knows, with a value that can be read. */
async function run(call: Call, name: string, value: string): Promise<boolean> {
  const known = EXEC_STRINGS.find((each) => sameName(each.name, name));
  if (known) return EFFECTS[known.name](call, value);
  const taken = EXEC_WITHOUT_EFFECT.find((each) => sameName(each, name));
  if (taken) call.notes.add(`exec ${taken} is taken, and has no effect here`);
  return taken !== undefined;
}

/** What each string does: one without an effect doesn't compile. Answers whether its value could be read. */
const EFFECTS: { readonly [Name in ExecName]: (call: Call, value: string) => boolean | Promise<boolean> } = {
  device: async (call, value) => {
    if (value === "") return false;
    call.settings.device = await findDevice(value, call.host);
    call.connection.dropTarget();
    print(call, deviceNamed(call.settings.device.text));
    return true;
  },
  ScriptFile: takeScriptFile,
  JLinkScriptFile: takeScriptFile,
  AllowIrreversible: ({ settings }, value) => value !== "" && settings.tokens.push(value) > 0,
  DisableFlashDL: ({ settings }) => {
    settings.flashDownload = false;
    return true;
  },
  EnableFlashDL: ({ settings }) => {
    settings.flashDownload = true;
    return true;
  },
  SetVerifyDownload: ({ settings }, value) =>
    withNumber(value, (mode) => {
      settings.verifyDownload = mode !== 0;
    }),
  SetFlashDLNoRMWThreshold: ({ settings }, value) =>
    withNumber(value, (bytes) => {
      settings.noRmwThreshold = bytes;
    }),
  SetRestartOnClose: ({ settings }, value) =>
    withNumber(value, (on) => {
      settings.restartOnClose = on !== 0;
    }),
  SetRTTAddr: ({ settings }, value) => {
    const address = parseBlockAddress(value);
    if (address !== undefined) settings.rtt = { address };
    return address !== undefined;
  },
  SetRTTSearchRanges: ({ settings }, value) => {
    const ranges = parseSearchRanges(value);
    if (ranges) settings.rtt = { ranges };
    return ranges !== undefined;
  },
  SetResetType: ({ settings }, value) => {
    const type = RESET_TYPES.find(({ number }) => number === parseDecimal(value));
    if (type) settings.resetType = type;
    return type !== undefined;
  },
};

function takeScriptFile({ host, notes, settings }: Call, path: string): boolean {
  if (path === "") return false;
  notes.warn(scriptFileMissing(path, (name) => host.readFile(name)));
  if (!settings.ignoresScriptFiles) notes.answer(`hint: ${IGNORE_SCRIPT_FILE}`);
  return settings.ignoresScriptFiles;
}

function withNumber(text: string, use: (value: number) => void): boolean {
  const value = parseDecimal(text);
  if (value !== undefined) use(value);
  return value !== undefined;
}
