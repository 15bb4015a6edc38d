import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { HostError } from "../../base/errors.ts";
import { writeWhole } from "../../node/files.ts";
import { packageRoot } from "../../node/package-root.ts";
import type { Answer } from "../output.ts";
import { commanderBatch, commanderScript, gdbServerScript } from "../shims/commander-script.ts";
import { VERSION_LIBRARY } from "../shims/version-library.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Invocation } from "../verb.ts";

/** The name of the library that pylink looks for, by system. */
const LIBRARIES: Readonly<Record<string, string>> = { linux: "libjlinkarm.so", darwin: "libjlinkarm.dylib" };

/** Names under which J-Link Commander is called on Windows; only what calls without `.exe` finds a batch file. */
const BATCHES = ["JLink.cmd", "JLinkExe.cmd"] as const;

/** Names under which IDEs start J-Link's GDB server. */
const GDB_SERVERS = ["JLinkGDBServer", "JLinkGDBServerCL", "JLinkGDBServerCLExe", "JLinkGDBServerExe"] as const;

/** `jlink-shims install DIR`: a folder for PATH in which JLinkExe is ours; throws `usage` and `file-unwritable`. */
export async function jlinkShims(invocation: Invocation<OptionsOf<"jlinkShims">>): Promise<Answer> {
  const [action, dir] = invocation.args;
  if (action !== "install") throw new HostError("usage", `jlink-shims knows install, not "${action}"`);
  const folder = makeFolder(isAbsolute(dir) ? dir : resolve(invocation.terminal.folder, dir));
  const isWindows = process.platform === "win32";
  const files = [
    ...(isWindows ? [] : installShell(folder)),
    ...(isWindows || invocation.options.windows ? installBatches(folder) : []),
  ];
  const text = [...files.map((file) => join(folder, file)), ...remarks(files), `put ${folder} first in PATH`];
  return { result: { folder, files }, text, exit: 0 };
}

/** Where the program is that the stand-ins run. */
const program = (): string => join(packageRoot(), "bin", "flashproof.js");

function installShell(folder: string): readonly string[] {
  writeProgram(join(folder, "JLinkExe"), commanderScript(process.execPath, program()));
  for (const name of GDB_SERVERS) writeProgram(join(folder, name), gdbServerScript(process.execPath, program()));
  return ["JLinkExe", ...GDB_SERVERS, ...installLibrary(folder)];
}

function installBatches(folder: string): readonly string[] {
  for (const name of BATCHES) writeWhole(join(folder, name), commanderBatch(process.execPath, program()));
  return BATCHES;
}

function remarks(files: readonly string[]): readonly string[] {
  const lacksLibrary = files.includes("JLinkExe") && !files.some((file) => file.startsWith("libjlinkarm"));
  return [
    ...(lacksLibrary ? ["no C compiler (cc) was found: west's runner also needs the version library"] : []),
    ...(files.includes("JLink.cmd") ? ["callers that spell out JLink.exe don't find a .cmd: give them its name"] : []),
  ];
}

function makeFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true });
    return folder;
  } catch (cause) {
    throw new HostError("file-unwritable", `The folder ${folder} can't be made`, { details: { path: folder }, cause });
  }
}

/** Everybody may run it, where the umask lets them. */
const writeProgram = (path: string, content: string | Uint8Array): void => writeWhole(path, content, { mode: 0o755 });

/** Compiles the library where there is a compiler; answers its name, or nothing. */
function installLibrary(folder: string): readonly string[] {
  const library = LIBRARIES[process.platform];
  if (library === undefined) return [];
  const compiled = compileLibrary();
  if (compiled) writeProgram(join(folder, library), compiled);
  return compiled ? [library] : [];
}

/** The library's bytes; undefined without a compiler. It writes in a folder of its own, where no link leads elsewhere. */
function compileLibrary(): Uint8Array | undefined {
  const own = mkdtempSync(join(tmpdir(), "flashproof-shims-"));
  try {
    const [source, made] = [join(own, "library.c"), join(own, "library")];
    writeFileSync(source, VERSION_LIBRARY);
    const { status } = spawnSync("cc", ["-shared", "-fPIC", "-O1", "-o", made, source], { stdio: "ignore" });
    return status === 0 && existsSync(made) ? readFileSync(made) : undefined;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
