import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { codeOf } from "../../src/base/errors.ts";
import { readWhole } from "../../src/node/files.ts";
import { CHIP, Workspace, example } from "./workspace.ts";

const workspace = new Workspace();
afterAll(() => workspace.clear());

const PROGRAM = resolve("bin/flashproof.js");
const env = { ...process.env, XDG_CONFIG_HOME: workspace.folder };
const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(" ");
const fp = (...argv: readonly string[]) => `${quoted([process.execPath, PROGRAM, ...argv])}`;

/** A line of the shell, which has pipes and redirections. */
function shell(line: string) {
  const { status, stdout, stderr } = spawnSync("bash", ["-c", line], { encoding: "utf8", env, timeout: 60_000 });
  return { status, stdout, stderr };
}

const TRACE = /^\s+at .+:\d+:\d+|node:internal/m;
const flash = (state: string, ...more: readonly string[]) =>
  fp("flash", example("small.hex"), ...workspace.board(state), "--json", ...more);

async function isFlashed(state: string): Promise<boolean> {
  return (await workspace.fp("verify", example("small.hex"), ...workspace.board(state))).exit === 0;
}

describe("a flash whose output can't be written", () => {
  it("continues after its pipe was closed, and exits as the job ended", async () => {
    const run = shell(`${flash("pipe.k24", "--events", "ndjson")} 2>&1 >/dev/null | head -1; echo \${PIPESTATUS[0]}`);
    expect(run.stdout.split("\n")[1]).toBe("0");
    expect(await isFlashed("pipe.k24")).toBe(true);
  });

  it("continues when stderr is full, and exits 0", async () => {
    const run = shell(`${flash("err.k24", "--events", "ndjson")} 2>/dev/full`);
    expect(run.status).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ ok: true });
  });

  it("continues when stdout is full, exits 1 and prints why", async () => {
    const run = shell(`${flash("out.k24")} >/dev/full`);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain("error: The result can't be written to stdout");
    expect(run.stderr).not.toMatch(TRACE);
    expect(await isFlashed("out.k24")).toBe(true);
  });

  it("keeps the job's own exit code where that is a no", () => {
    const run = shell(`${fp("explain", workspace.path("missing.hex"), "--json")} >/dev/full`);
    expect(run.status).toBe(7);
  });

  it("is the same for the Commander, whose words have their prefix", () => {
    workspace.write("exit.jlink", "ShowEmuList\nexit\n");
    const run = shell(`${fp("commander", "-CommandFile", workspace.path("exit.jlink"))} >/dev/full`);
    expect(run.status).toBe(1);
    expect(run.stderr).toContain("flashproof: error: The result can't be written to stdout");
    expect(run.stderr).not.toMatch(TRACE);
  });
});

/** Starts the program, sends signals after the first line that contains a text, and waits for its end. */
function signalled(argv: readonly string[], text: string, signals: readonly NodeJS.Signals[], terminal = {}) {
  const child = spawn(process.execPath, [PROGRAM, ...argv], {
    env: { ...env, ...terminal },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { out: "", err: "" };
  let isDue = true;
  const look = () => {
    if (!isDue || !(printed.out + printed.err).includes(text)) return;
    isDue = false;
    for (const signal of signals) child.kill(signal);
  };
  child.stdout.on("data", (bytes: Buffer) => {
    printed.out += bytes.toString();
    look();
  });
  child.stderr.on("data", (bytes: Buffer) => {
    printed.err += bytes.toString();
    look();
  });
  return new Promise<{ exit: number | null; signal: string | null; out: string; err: string }>((settle) => {
    child.once("close", (exit, signal) => settle({ exit, signal, ...printed }));
  });
}

describe("a signal", () => {
  const image = example("bootloader-open.hex");

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s ends a flash on a simulated board between two steps: exit 130, JSON complete, and the next run ends it",
    async (signal) => {
      const argv = ["flash", image, ...workspace.board(`${signal}.k24`), "--json", "--events", "ndjson"];
      const run = await signalled(argv, '"phase":"program"', [signal]);
      expect(run.exit).toBe(130);
      expect(run.err).not.toMatch(TRACE);
      const printed = JSON.parse(run.out) as {
        error: { code: string; message: string; hints: string[]; details: object };
      };
      expect(printed.error).toMatchObject({ code: "aborted", details: { flash: "in-part" } });
      expect(printed.error.message).toMatch(/half done: .*0x00005000 to .*the security byte is as before/);
      expect(printed.error.hints[0]).toContain("Run the same command again");
      expect((await workspace.fp("flash", image, ...workspace.board(`${signal}.k24`))).exit).toBe(0);
    },
  );

  it('before the first step ends the job with "nothing was changed"', async () => {
    // Reading takes so long that the signal comes before the first erase.
    const argv = ["flash", image, ...workspace.board("early.k24"), "--verify", "read", "--json", "--events", "ndjson"];
    const run = await signalled(argv, '"phase":"compare"', ["SIGTERM"]);
    expect(run.exit).toBe(130);
    expect(JSON.parse(run.out)).toMatchObject({ error: { details: { flash: "untouched" } } });
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "%s ends a Commander script on a simulated board: exit 130",
    async (signal) => {
      workspace.write("load.jlink", `loadfile ${image}\nSleep 100000\nr\nexit\n`);
      const argv = [
        "commander",
        "-Device",
        CHIP,
        "-If",
        "SWD",
        "-Speed",
        "4000",
        "-CommandFile",
        workspace.path("load.jlink"),
      ];
      const run = await signalled(argv, "J-Link>loadfile", [signal], { FLASHPROOF_PROBE: `twin:${CHIP}` });
      expect(run.exit).toBe(130);
      expect(run.err).not.toMatch(TRACE);
      expect(run.out).not.toContain("J-Link>exit");
    },
  );

  it("ends a fp twin with exit 0", async () => {
    const run = await signalled(["twin", CHIP, "--jlink", "0"], "ready", ["SIGHUP"]);
    expect(run.exit).toBe(0);
  });
});

describe("an input that is no file with an end", () => {
  it.each([
    [`cat '${example("small.hex")}' | ${fp("explain", "-", "--chip", CHIP)}`],
    [`${fp("explain", "-", "--chip", CHIP)} <'${example("small.hex")}'`],
    [`cat '${example("small.hex")}' | (sleep 0.2; cat) | ${fp("explain", "/dev/stdin", "--chip", CHIP)}`],
    [`${quoted([process.execPath, PROGRAM, "explain"])} <(cat '${example("small.hex")}') --chip ${CHIP}`],
    [
      `mkfifo '${workspace.path("fifo")}'; cat '${example("small.hex")}' >'${workspace.path("fifo")}' & ${fp("explain", workspace.path("fifo"), "--chip", CHIP)}`,
    ],
  ])("is read through a pipe: %s", (line) => {
    const run = shell(line);
    expect(run.stderr).toBe("");
    expect(run.stdout).toContain("format: hex");
  });

  it("is planned and flashed from a pipe", () => {
    const run = shell(`cat '${example("small.hex")}' | ${fp("flash", "-", ...workspace.board("stdin.k24"), "--json")}`);
    expect(JSON.parse(run.stdout)).toMatchObject({ ok: true, result: { verify: { verdict: "equal" } } });
  });

  it.each(["/dev/zero", "/dev/urandom"])("is refused: %s as image, log and stdin", async (device) => {
    expect(await workspace.json("explain", device)).toMatchObject({ exit: 7, error: { code: "file-is-device" } });
    expect(await workspace.json("explain", `${device}@0`)).toMatchObject({
      exit: 7,
      error: { code: "file-is-device" },
    });
    expect(shell(`${fp("explain", "-", "--json")} <${device}`).status).toBe(7);
    expect(shell(fp("commander", "-CommandFile", device)).status).toBe(1);
  });

  it("is refused: a folder", async () => {
    expect(await workspace.json("explain", workspace.folder)).toMatchObject({
      exit: 7,
      error: { code: "file-is-folder" },
    });
  });

  it("is a settings file that is a pipe: no verb waits for it", () => {
    mkdirSync(workspace.path("project"));
    spawnSync("mkfifo", [workspace.path("project/flashproof.toml")]);
    const run = shell(`cd '${workspace.path("project")}' && ${fp("chips")}`);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain("flashproof.toml is no regular file");
  });

  it("gives what its writer wrote before a reader was there, and is empty where that is nothing", () => {
    writeFileSync(workspace.path("nothing"), "");
    expect(readWhole(workspace.path("nothing"))).toHaveLength(0);
    expect(readWhole("/dev/null")).toHaveLength(0);
    expect(() => readWhole("/dev/fd/999")).toThrow("can't be read");
    expect(codeOf(thrownBy(() => readWhole(workspace.path("none"))))).toBe("file-not-found");
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

describe("a state file", () => {
  it("whose lock's name a folder has is an error with a code, and the folder stays", async () => {
    mkdirSync(workspace.path("locked.k24.lock"));
    expect(await workspace.json("info", "--probe", workspace.twin("locked.k24"))).toMatchObject({
      exit: 7,
      error: { code: "file-unwritable" },
    });
    expect(existsSync(workspace.path("locked.k24.lock"))).toBe(true);
  });

  it("is not made where the job could not keep it", async () => {
    workspace.write("a-file", "x");
    const run = await workspace.json("info", "--probe", `twin:${CHIP},state=${workspace.path("a-file")}/board.k24`);
    expect(run).toMatchObject({ exit: 7, error: { code: "file-unwritable" } });
    expect(readFileSync(workspace.path("a-file"), "utf8")).toBe("x");
  });
});

describe("a declared change", () => {
  const flashKeptOpen = (state: string) =>
    fp(
      "flash",
      `${example("bootloader.raw.bin")}@0`,
      "--security",
      "keep-open",
      ...workspace.board(state, ",flash=zero"),
    );
  const count = (text: string) => text.split("\n").filter((line) => line.startsWith("declared:")).length;

  it("is printed once where stdout and stderr are one pipe", () => {
    const run = shell(`${flashKeptOpen("one.k24")} 2>&1`);
    expect([run.status, count(run.stdout)]).toEqual([0, 1]);
  });

  it("is printed in the result and in the notes where they are two", () => {
    const run = shell(flashKeptOpen("two.k24"));
    expect([run.status, count(run.stdout), count(run.stderr)]).toEqual([0, 1, 1]);
  });
});
