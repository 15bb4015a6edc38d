import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { HostError } from "../../base/errors.ts";
import { writeWhole } from "../../node/files.ts";
import { packageRoot } from "../../node/package-root.ts";
import type { Answer } from "../output.ts";
import { commanderScript } from "../shims/commander-script.ts";
import { VERSION_LIBRARY } from "../shims/version-library.ts";
import type { Invocation } from "../verb.ts";

/** The name of the library that pylink looks for, by system. */
const LIBRARIES: Readonly<Record<string, string>> = { linux: "libjlinkarm.so", darwin: "libjlinkarm.dylib" };

/** `jlink-shims install DIR`: a folder for PATH in which JLinkExe is ours; throws `usage` and `file-unwritable`. */
export async function jlinkShims({ args, terminal }: Invocation): Promise<Answer> {
  const [action, dir] = args;
  if (action !== "install") throw new HostError("usage", `jlink-shims knows install, not "${action}"`);
  if (process.platform === "win32") throw new HostError("usage", "jlink-shims has no stand-ins for Windows");
  const folder = isAbsolute(dir) ? dir : resolve(terminal.folder, dir);
  const files = ["JLinkExe", ...installLibrary(makeFolder(folder))];
  const program = join(packageRoot(), "bin", "flashproof.js");
  writeProgram(join(folder, "JLinkExe"), commanderScript(process.execPath, program));
  const missing =
    files.length > 1 ? [] : ["no C compiler (cc) was found: west's runner also needs the version library"];
  return {
    result: { folder, files },
    text: [...files.map((file) => join(folder, file)), ...missing, `put ${folder} first in PATH`],
    exit: 0,
  };
}

function makeFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    return folder;
  } catch (cause) {
    throw new HostError("file-unwritable", `The folder ${folder} can't be made`, { details: { path: folder }, cause });
  }
}

function writeProgram(path: string, text: string): void {
  writeWhole(path, text);
  chmodSync(path, 0o755);
}

/** Compiles the library where there is a compiler; answers its name, or nothing. */
function installLibrary(folder: string): readonly string[] {
  const library = LIBRARIES[process.platform];
  if (library === undefined) return [];
  const source = join(folder, "libjlinkarm.c");
  writeWhole(source, VERSION_LIBRARY);
  const compiled = spawnSync("cc", ["-shared", "-fPIC", "-O1", "-o", join(folder, library), source], {
    stdio: "ignore",
  });
  rmSync(source, { force: true });
  return compiled.status === 0 ? [library] : [];
}
