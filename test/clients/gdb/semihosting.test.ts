import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { board as twinBoard } from "../../support/board.ts";
import { describeWith } from "../judges.ts";
import { opening } from "./scripts.ts";
import { served } from "./served.ts";

const PROGRAMS = fileURLToPath(new URL("programs/", import.meta.url));
const CORE = ["-mcpu=cortex-m4", "-mthumb", "-mfloat-abi=soft"];
const CHIP = "MK24FN1M0xxx12";
const TYPED = "typed here\n";

/** How the program ends, by its command line's second word: what it is, and the exit code. */
const ENDS: readonly (readonly [how: string, code: number])[] = [
  ["0", 0],
  ["7", 7],
  ["exit", 0],
  ["error", 1],
  ["extended", 42],
  ["extended-error", 1],
];

/** What a run printed, and how it ended. */
interface Ran {
  readonly exit: number | null;
  readonly lines: readonly string[];
  readonly out: string;
}

function compile(folder: string, name: string, flags: readonly string[]): string {
  const elf = join(folder, name);
  const crt0 = execFileSync("arm-none-eabi-gcc", [...CORE, "-print-file-name=rdimon-crt0.o"], { encoding: "utf8" });
  const link = ["--specs=rdimon.specs", "-nostartfiles", "-Wl,-T,semihosting.ld", "-Wl,--build-id=none"];
  execFileSync("arm-none-eabi-gcc", [...CORE, ...flags, ...link, "-O1", "-o", elf, "semihosting.c", crt0.trim()], {
    cwd: PROGRAMS,
    stdio: "pipe",
  });
  return elf;
}

describeWith("arm-none-eabi-gcc", "qemu-system-arm")("semihosting of newlib's rdimon and of calls by hand", () => {
  let folder: string;
  let elf: string;
  let board: readonly string[];

  const fp = (...argv: readonly string[]) =>
    spawnSync(process.execPath, [resolve("bin/flashproof.js"), ...argv, ...board], { input: TYPED, encoding: "utf8" });
  const folderOf = (name: string): string => {
    const path = join(folder, name);
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path);
    return path;
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-semihosting-"));
    board = ["--chip", CHIP, "--probe", `twin:${CHIP},state=${join(folder, "board.k24")}`];
    elf = compile(folder, "qemu.elf", []);
    const flashed = fp("flash", "--halt", compile(folder, "k24.elf", ["-DK24"]));
    if (flashed.status !== 0) throw new Error(flashed.stderr);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function onQemu(how: string): Ran {
    const quiet = ["-display", "none", "-monitor", "none", "-serial", "none"];
    const config = ["-semihosting-config", `enable=on,target=native,arg=prog,arg=${how}`];
    const run = ["-M", "mps2-an386", ...quiet, ...config, "-kernel", elf];
    const ran = spawnSync("qemu-system-arm", run, { cwd: folderOf("qemu"), input: TYPED, encoding: "utf8" });
    return ranOf(ran);
  }

  function onTwin(how: string): Ran {
    const files = ["--semihosting-dir", folderOf("twin"), "--semihosting-args", `prog ${how}`];
    return ranOf(fp("run", "--semihosting", "--for", "20000", "--quiet", ...files));
  }

  /** QEMU prints the calls without a file on stderr, so lines are compared wherever they stand. */
  const ranOf = ({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }): Ran => {
    const lines = (stdout + stderr)
      .split("\n")
      .filter((line) => !/^(?:error|hint|because): |^flashproof: building/.test(line));
    return { exit: status, lines: lines.filter((line) => line !== "").sort(), out: stdout };
  };

  it.each(ENDS)("ends by %s with exit code %i and the same lines on the twin as in QEMU", (how, code) => {
    const [twin, qemu] = [onTwin(how), onQemu(how)];
    expect({ exit: twin.exit, lines: twin.lines }).toEqual({ exit: qemu.exit, lines: qemu.lines });
    expect(twin.exit).toBe(code);
    expect(twin.out).toContain(`2 words, how: ${how}\n`);
    expect(twin.out).toContain("typed: typed here\nthen the end\n");
    for (const name of ["twin", "qemu"])
      expect(readFileSync(join(folder, name, "library.txt"), "utf8")).toBe("line 1\nline 2\nline 3\n");
  });

  /** GDB with the folder of its files, and with what is typed on its stdin. */
  const gdbIn = (cwd: string, commands: readonly string[]): Promise<string> =>
    new Promise((done, fail) => {
      const argv = ["-nx", "-batch", ...commands.flatMap((command) => ["-ex", command])];
      const child = execFile("gdb-multiarch", argv, { cwd, timeout: 50_000 }, (error, stdout, stderr) =>
        error ? fail(new Error(stdout + stderr, { cause: error })) : done(stdout + stderr),
      );
      child.stdin?.end(TYPED);
    });

  it("has the same lines, files and exit code by GDB's File-I/O as in QEMU, and the server's machine serves none of it", async () => {
    const cwd = folderOf("file-io");
    const semihosting = { isEnabled: true, commandLine: "prog 7", exits: true, fileIo: true };
    const commands = (port: number) => [...opening(join(folder, "k24.elf"), port), "load", "continue"];
    const { result } = await served(twinBoard({ flash: "zero" }), (port) => gdbIn(cwd, commands(port)), {
      semihosting,
    });
    expect(result).toContain("exited with code 07]");
    expect(result.split("\n")).toEqual(expect.arrayContaining([...onQemu("7").lines]));
    expect(readFileSync(join(cwd, "library.txt"), "utf8")).toBe("line 1\nline 2\nline 3\n");
  });
});
