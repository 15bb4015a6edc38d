import { readFileSync } from "node:fs";
import { join } from "node:path";
import { example, type Run, Workspace } from "./workspace.ts";

/** What a run of the Commander starts from. */
export interface CommanderRun {
  /** A file of test/cases/commander, without its ending; or the lines of a script. */
  readonly script: string | readonly string[];
  /** Further options; with `-Device`, `-If` and `-Speed` before them unless `bare`. */
  readonly options?: readonly string[];
  /** Nothing is named on the command line. */
  readonly bare?: boolean;
  /** A board as shipped, instead of one with the example's open image. */
  readonly blank?: boolean;
  readonly signal?: AbortSignal;
}

/** What one run printed and left. */
export interface CommanderRan extends Run {
  /** stderr's lines behind `flashproof: `, without the first one. */
  readonly notes: readonly string[];
  readonly memory: (address: number, length: number) => Promise<Uint8Array>;
}

const GIVEN = ["-Device", "MK24FN1M0xxx12", "-If", "SWD", "-Speed", "4000"];
const NAMES = ["bootloader-open.hex", "bootloader-open.raw.bin", "bootloader-open.elf", "bootloader-open.srec"];

/** Scripts run by the whole program, each on a board of its own. */
export class Commander {
  private readonly workspace = new Workspace();
  private count = 0;

  /** The workspace's folder holds the files of the cases, and the example's images. */
  constructor() {
    for (const name of NAMES) this.workspace.write(name, readFileSync(example(name)));
    this.workspace.write("app5000.hex", readFileSync("test/cases/commander/app5000.hex"));
  }

  /** A file in the folder of the runs. */
  write(name: string, bytes: Uint8Array | string): void {
    this.workspace.write(name, bytes);
  }

  async run({ script, options = [], bare = false, blank = false, signal }: CommanderRun): Promise<CommanderRan> {
    const board = await this.board(blank);
    const text = typeof script === "string" ? caseText(script) : script.join("\n");
    const path = this.workspace.write("script.jlink", text);
    this.workspace.terminal = {
      env: { HOME: this.workspace.folder, XDG_CONFIG_HOME: this.workspace.folder, FLASHPROOF_PROBE: board },
      ...(signal ? { signal } : {}),
    };
    const ran = await this.workspace.fp("commander", ...(bare ? [] : GIVEN), ...options, path);
    this.workspace.terminal = {};
    const notes = ran.err.split("\n").slice(1, -1);
    const read = (address: number, length: number) =>
      this.workspace.memory(`${address}:+${length}`, "--chip", "MK24FN1M0xxx12", "--probe", board);
    return { ...ran, notes: notes.map((line) => line.replace(/^flashproof: /, "")), memory: read };
  }

  clear(): void {
    this.workspace.clear();
  }

  private async board(blank: boolean): Promise<string> {
    const name = `board${this.count++}.k24`;
    if (blank) return this.workspace.twin(name);
    if (!this.workspace.has("open.k24")) {
      const open = this.workspace.board("open.k24");
      await this.workspace.fp("flash", join(this.workspace.folder, "bootloader-open.hex"), ...open);
    }
    this.workspace.copy("open.k24", name);
    return this.workspace.twin(name);
  }
}

/** The examples stand in the folder of the runs. */
const caseText = (name: string): string =>
  readFileSync(`test/cases/commander/${name}.jlink`, "utf8").replaceAll("examples/k24-bootloader/", "");
