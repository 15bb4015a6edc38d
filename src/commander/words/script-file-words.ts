import { ownValue } from "../../base/own-value.ts";
import { FlashproofError } from "../../base/errors.ts";

/** What a J-Link script file's functions do for J-Link (wiki.segger.com/J-Link_script_files). */
const HOOKS: Readonly<Record<string, string>> = {
  InitTarget: "its own way to connect",
  SetupTarget: "what it sets up behind the connection",
  ResetTarget: "its own reset",
  AfterResetTarget: "what it does behind a reset",
  InitEMU: "its setting of the probe",
  ConfigTargetSettings: "its settings of the target",
  UnlockTarget: "its way to unlock",
  HandleBeforeFlashProg: "what it does before programming",
  HandleAfterFlashProg: "what it does after programming",
  OnTraceStart: "its setting of trace pins",
  SWO_EnableTarget: "its setting of SWO",
};

/** Functions of a script file as C writes them. */
const FUNCTION = /^\s*(?:int|void|__\w+|static|U32|\w+_t)\s+(\w+)\s*\(/gm;

/** What will be missing because a J-Link script file isn't run; with its functions, where it can be read. */
export function scriptFileMissing(path: string, readFile: (path: string) => Uint8Array): string {
  const hooks = hooksIn(path, readFile);
  const all = "a connect, reset or unlock of its own";
  const what = hooks === undefined ? `${all} (the file can't be read)` : hooks.length === 0 ? all : hooks.join(", ");
  return `the J-Link script file ${path} isn't run, because Flashproof doesn't run such files; missing would be: ${what}`;
}

function hooksIn(path: string, readFile: (path: string) => Uint8Array): readonly string[] | undefined {
  try {
    const text = new TextDecoder().decode(readFile(path));
    const names = [...text.matchAll(FUNCTION)].map(([, name]) => name);
    return [...new Set(names)].flatMap((name) => hookWords(name));
  } catch (error) {
    if (error instanceof FlashproofError) return undefined;
    throw error;
  }
}

function hookWords(name: string): readonly string[] {
  const words = ownValue(HOOKS, name);
  return words === undefined ? [] : [`${name} (${words})`];
}

/** How to run all the same. */
export const IGNORE_SCRIPT_FILE =
  "If the target works without it: --ignore-jlinkscript. A chip that Flashproof knows is connected to, reset and unlocked by its own data.";
