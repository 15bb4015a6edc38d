import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { HostError } from "../../base/errors.ts";
import { findChip } from "../../chips/list.ts";
import { writeWhole } from "../../node/files.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Answer } from "../output.ts";
import type { Invocation } from "../verb.ts";

/** The task that serves the target, by the name under which the configurations start it. */
const TASK = "flashproof gdbserver";

/** J-Link's port, which extensions have in their settings. */
const PORT = 2331;

/**
 * `vscode ELF`: writes `.vscode/launch.json` and `.vscode/tasks.json` for the folder that it is called in. Throws `usage`
 * where one of them is there already, before anything is written, and for no chip; `file-unwritable`.
 */
export async function vscode({ args, options, terminal }: Invocation<OptionsOf<"vscode">>): Promise<Answer> {
  const [elf] = args;
  if (options.chip === undefined) throw new HostError("usage", "vscode needs --chip NAME");
  const { name } = findChip(options.chip);
  const folder = join(terminal.folder, ".vscode");
  const files = Object.entries({ "launch.json": launchOf(elf, name), "tasks.json": tasksOf(elf, name) });
  const old = files.map(([file]) => join(folder, file)).find((path) => existsSync(path));
  if (old !== undefined)
    throw new HostError("usage", `${old} is there already, and is not replaced: docs/ide.md has what to put into it`);
  makeFolder(folder);
  for (const [file, content] of files) writeWhole(join(folder, file), `${JSON.stringify(content, null, 2)}\n`);
  const names = files.map(([file]) => file);
  return { result: { folder, files: names }, text: names.map((file) => join(folder, file)), exit: 0 };
}

/** A configuration for each of the two extensions that speak to a server which runs already. */
const launchOf = (elf: string, chip: string) => ({
  version: "0.2.0",
  configurations: [
    {
      name: "Flashproof (cortex-debug)",
      type: "cortex-debug",
      request: "launch",
      servertype: "external",
      gdbTarget: `127.0.0.1:${PORT}`,
      gdbPath: "gdb-multiarch",
      device: chip,
      cwd: "${workspaceFolder}",
      executable: elf,
      preLaunchTask: TASK,
    },
    {
      name: "Flashproof (CDT GDB)",
      type: "gdbtarget",
      request: "attach",
      gdb: "gdb-multiarch",
      program: elf,
      target: { type: "extended-remote", host: "127.0.0.1", port: String(PORT) },
      initCommands: ["monitor reset", "load"],
      preLaunchTask: TASK,
    },
  ],
});

const tasksOf = (elf: string, chip: string) => ({
  version: "2.0.0",
  tasks: [
    {
      label: TASK,
      type: "process",
      command: "flashproof",
      args: ["gdbserver", elf, "--chip", chip, "--port", String(PORT), "--single-run"],
      isBackground: true,
      problemMatcher: {
        pattern: { regexp: "^flashproof: (.*)$", message: 1 },
        background: {
          activeOnStart: true,
          beginsPattern: "^Cortex-",
          endsPattern: "Waiting for GDB connection",
        },
      },
    },
  ],
});

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new HostError("file-unwritable", `Cannot make the folder ${folder}: ${(cause as Error).message}`, { cause });
  }
}
