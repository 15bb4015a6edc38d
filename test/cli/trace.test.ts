import { afterEach, describe, expect, it } from "vitest";
import { recordsBuilt } from "../../src/base/trace.ts";
import { serveJlink } from "../../src/node/servers/jlink-server.ts";
import { createTwin } from "../../src/twin/usb.ts";
import { CHIP, Workspace, example } from "./workspace.ts";

let workspace = new Workspace();
afterEach(() => {
  workspace.clear();
  workspace = new Workspace();
});

const IMAGE = example("small.hex");
/** A line of the trace: milliseconds, layer, event. */
const LINE = /^ *\d+\.\d{3} (usb|probe|dp|ap|memory|core|flash|session) +\S/;
const linesOf = (err: string) => err.split("\n").filter((line) => LINE.test(line));
const layersOf = (err: string) => new Set(linesOf(err).map((line) => LINE.exec(line)?.[1]));

/** The records of a log file. */
const recordsIn = (name: string) =>
  new TextDecoder()
    .decode(workspace.bytes(name))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { [key: string]: unknown });

describe("-vv", () => {
  it.each(["jlink", "cmsis-dap", "cmsis-dap-v1"])(
    "prints a line for every layer of a flash behind %s",
    async (probe) => {
      const board = ["--chip", CHIP, "--probe", `twin:${CHIP},probe=${probe}`];
      const run = await workspace.fp("flash", IMAGE, "-vv", ...board);
      expect(run.exit).toBe(0);
      expect([...layersOf(run.err)].sort()).toEqual("ap core dp flash memory probe session usb".split(" "));
    },
  );

  it("prints packets, transfers and memory accesses of a J-Link over TCP", async () => {
    const server = await serveJlink(createTwin({ chip: CHIP }), { host: "127.0.0.1", port: 0 }, { lockstep: true });
    try {
      const run = await workspace.fp(
        "read",
        "0x0:+16",
        "-vv",
        "--chip",
        CHIP,
        "--probe",
        `ip:127.0.0.1:${server.port}`,
      );
      expect(run.exit).toBe(0);
      expect([...layersOf(run.err)]).toEqual(expect.arrayContaining(["usb", "probe", "dp", "ap", "memory", "session"]));
    } finally {
      await server.close();
    }
  });

  it("leaves stdout as it is", async () => {
    const board = ["--chip", CHIP, "--probe", `twin:${CHIP}`];
    const quiet = await workspace.fp("flash", IMAGE, ...board);
    expect((await workspace.fp("flash", IMAGE, ...board, "-v", "-v")).out).toBe(quiet.out);
  });

  it("names the flash commands with their address, and how long they took", async () => {
    const { err } = await workspace.fp("flash", IMAGE, "-vv", "--chip", CHIP, "--probe", `twin:${CHIP},flash=zero`);
    expect(err).toMatch(/ flash +ensureBlank bank=main address=0x00001000 .*took \d+\.\d{3} ms/);
  });

  it("names the error that ended a call", async () => {
    const { err, exit } = await workspace.fp("info", "-vv", "--probe", `twin:${CHIP},fault=noack@dap=1x1000`);
    expect(exit).toBe(4);
    expect(err).toMatch(/ dp +transfer .*error dap-no-ack/);
  });

  it("is a setting of the environment, as 2", async () => {
    workspace.terminal = {
      env: { HOME: workspace.folder, XDG_CONFIG_HOME: workspace.folder, FLASHPROOF_VERBOSE: "2" },
    };
    expect(layersOf((await workspace.fp("info", "--probe", `twin:${CHIP}`)).err)).toContain("usb");
  });
});

describe("without -vv and --log-file", () => {
  it.each([[[]], [["-v"]]])("a flash with %j builds no trace record", async (flags) => {
    const before = recordsBuilt();
    const run = await workspace.fp("flash", IMAGE, "--chip", CHIP, "--probe", `twin:${CHIP}`, ...flags);
    expect([run.exit, recordsBuilt() - before, linesOf(run.err)]).toEqual([0, 0, []]);
  });
});

describe("--log-file", () => {
  it("has a JSON object a line, with times in milliseconds, and prints none of them", async () => {
    const board = ["--chip", CHIP, "--probe", `twin:${CHIP}`];
    const run = await workspace.fp("flash", IMAGE, "--log-file", workspace.path("trace.jsonl"), ...board);
    expect([run.exit, linesOf(run.err)]).toEqual([0, []]);
    const records = recordsIn("trace.jsonl");
    expect(new Set(records.map(({ layer }) => layer)).size).toBe(8);
    const sections = records.filter(({ event }) => event === "program");
    const [first] = sections.map(({ layer, level, fields }) => ({ layer, level, fields }));
    expect(first).toEqual({
      layer: "flash",
      level: "debug",
      fields: { bank: "main", address: "0x00001000", length: 0x400 },
    });
    for (const { atMs, tookMs } of sections) expect([typeof atMs, typeof tookMs]).toEqual(["number", "number"]);
  });

  it("is appended to by the next run, and complete where the job failed", async () => {
    const log = ["--log-file", workspace.path("trace.jsonl")];
    await workspace.fp("info", ...log, "--probe", `twin:${CHIP}`);
    const first = recordsIn("trace.jsonl").length;
    await workspace.fp("info", ...log, "--probe", `twin:${CHIP},fault=noack@dap=1x1000`);
    const records = recordsIn("trace.jsonl");
    expect(records.length).toBeGreaterThan(first);
    expect(records.some(({ error }) => error === "dp-no-target")).toBe(true);
  });

  it("is refused where nothing can be written, before the probe is opened", async () => {
    const run = await workspace.fp("info", "--log-file", workspace.path("none/trace.jsonl"), "--probe", "twin:NONE");
    expect([run.exit, run.err]).toEqual([7, expect.stringContaining("none/trace.jsonl can't be written")]);
  });

  it("is a flag and nothing else", async () => {
    workspace.terminal = {
      env: { HOME: workspace.folder, XDG_CONFIG_HOME: workspace.folder, FLASHPROOF_LOG_FILE: "trace.jsonl" },
    };
    const run = await workspace.fp("chips");
    expect([run.exit, run.err]).toEqual([2, expect.stringContaining("FLASHPROOF_LOG_FILE can't be set there")]);
  });
});

describe("commander's trace", () => {
  const script = () => workspace.write("read.jlink", "connect\nmem32 0x0, 4\nexit\n");
  const argv = ["-Device", CHIP, "-If", "SWD", "-Speed", "4000"];
  const env = () => ({ HOME: workspace.folder, XDG_CONFIG_HOME: workspace.folder, FLASHPROOF_PROBE: `twin:${CHIP}` });

  it("is printed on stderr with -vv, marked as Flashproof's, and changes no line of the console", async () => {
    workspace.terminal = { env: env() };
    const plain = await workspace.fp("commander", ...argv, script());
    const run = await workspace.fp("commander", ...argv, "-vv", script());
    expect(run.out).toBe(plain.out);
    const traced = run.err.split("\n").filter((line) => /^flashproof: +\d+\.\d{3} /.test(line));
    expect(traced.some((line) => / memory +(read|run) /.test(line))).toBe(true);
    expect(traced.some((line) => / usb +(in|out) /.test(line))).toBe(true);
  });

  it("goes to --log-file, in a dry run too", async () => {
    const log = ["--log-file", workspace.path("trace.jsonl")];
    const run = await workspace.fp("commander", "--dry-run", ...argv, ...log, script());
    expect(run.exit).toBe(0);
    expect(recordsIn("trace.jsonl").some(({ layer }) => layer === "memory")).toBe(true);
  });

  it("builds no record without them", async () => {
    workspace.terminal = { env: env() };
    const before = recordsBuilt();
    expect((await workspace.fp("commander", ...argv, "-v", script())).exit).toBe(0);
    expect(recordsBuilt() - before).toBe(0);
  });
});
