import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { flagsOf } from "../../src/cli/options/declaration.ts";
import { VERBS } from "../../src/cli/verbs.ts";
import { CHIP, Workspace, example } from "./workspace.ts";
import { RESULTS } from "./schemas/results.ts";

const workspace = new Workspace();
afterAll(() => workspace.clear());
beforeEach(() => {
  workspace.terminal = {};
});

const LOG = `SEGGER J-Link Commander V7.86e (Compiled Mar 22 2023 16:27:49)
J-Link>verifybin bootloader.bin 0x0
Verify failed @ address 0x0000040C.
Expected 7B read 7A
`;

describe("help", () => {
  it("without a verb goes to stderr, with exit 2", async () => {
    const run = await workspace.fp();
    expect(run).toMatchObject({ exit: 2, out: "" });
    for (const { name } of VERBS) expect(run.err).toMatch(new RegExp(`^ {2}${name}\\b`, "m"));
  });

  it.each(["help", "--help", "-h"])("%s is a result: stdout, exit 0, every verb and the Commander", async (word) => {
    const run = await workspace.fp(word);
    expect(run).toMatchObject({ exit: 0, err: "" });
    for (const { name } of VERBS) expect(run.out).toMatch(new RegExp(`^ {2}${name}\\b`, "m"));
    expect(run.out).toContain("commander [options] [script]");
    for (const exit of Object.values(EXIT)) expect(run.out).toMatch(new RegExp(`^ +${exit} {2}\\w`, "m"));
  });

  it.each(VERBS.map(({ name }) => name))("of %s names its options and an example", async (name) => {
    const verb = VERBS.find((v) => v.name === name);
    for (const argv of [
      ["help", name],
      [name, "--help"],
    ]) {
      const run = await workspace.fp(...argv);
      expect(run.exit).toBe(0);
      for (const [option, declaration] of Object.entries(verb?.options ?? {}))
        expect(run.out).toContain(flagsOf(option, declaration));
      expect(run.out).toContain("Examples:\n  flashproof ");
    }
  });

  it("of a verb that there is not is a usage error", async () => {
    const run = await workspace.fp("help", "nonsense");
    expect(run).toMatchObject({ exit: 2, out: "" });
    expect(run.err).toMatch(/^error: unknown verb 'nonsense'\nhint: /);
  });

  it("--version is one line", async () => {
    expect((await workspace.fp("--version")).out).toMatch(/^flashproof \d+\.\d+\.\d+\n$/);
  });
});

describe("where an option can be set", () => {
  const board = () => `twin:${CHIP},state=${workspace.path("board.k24")},serial=`;
  const serialOf = async (...argv: string[]) => (await workspace.json("info", ...argv)).result.probe.serial;

  it("in the environment", async () => {
    workspace.terminal = {
      env: { FLASHPROOF_PROBE: `${board()}111`, FLASHPROOF_CHIP: CHIP, FLASHPROOF_SPEED: "400k" },
    };
    expect(await serialOf()).toBe("111");
    expect((await workspace.json("info")).result.chip).toBe(CHIP);
  });

  it("in flashproof.toml of the folder, over the user's own", async () => {
    const folder = workspace.path("home");
    workspace.write("flashproof.toml", `probe = "${board()}222"\n`);
    expect(await serialOf()).toBe("222");
    workspace.terminal = { env: { XDG_CONFIG_HOME: folder } };
    expect(await serialOf()).toBe("222");
  });

  it("the environment wins over the file, and a flag over both", async () => {
    workspace.write("flashproof.toml", `probe = "${board()}222"\n`);
    workspace.terminal = { env: { FLASHPROOF_PROBE: `${board()}111` } };
    expect(await serialOf()).toBe("111");
    expect(await serialOf("--probe", `${board()}333`)).toBe("333");
  });

  it("a switch too: FLASHPROOF_JSON", async () => {
    workspace.terminal = { env: { FLASHPROOF_JSON: "1" } };
    expect(JSON.parse((await workspace.fp("chips")).out)).toMatchObject({ ok: true, command: "chips" });
    workspace.terminal = { env: { FLASHPROOF_JSON: "0" } };
    expect((await workspace.fp("chips")).out).not.toContain("{");
  });

  it("a file that is no TOML is a usage error that names it", async () => {
    workspace.write("flashproof.toml", "probe = [\n");
    const run = await workspace.json("chips");
    expect(run).toMatchObject({ exit: 2, error: { code: "config-invalid" } });
    expect(run.error?.message).toContain("flashproof.toml");
    workspace.write("flashproof.toml", "");
  });
});

describe("errors as they are printed", () => {
  const locked = workspace.board("locked.k24", ",locked=1");

  it("name the failure, its cause and what to do; stdout stays empty", async () => {
    const run = await workspace.fp("read", "0:4", ...locked);
    expect(run.out).toBe("");
    expect(run.err).toMatch(/^error: .*is locked.*\nbecause: .*\nhint: .*--allow-mass-erase/);
    expect(run.err).not.toMatch(/^cause:/m);
  });

  it("--verbose adds every error beneath, with class and code", async () => {
    const board = workspace.board("cut.k24", ",fault=noack@p=1");
    const run = await workspace.fp("info", "-v", ...board);
    expect(run.exit).toBe(4);
    expect(run.err.match(/^cause: \w+Error [a-z-]+: /gm)?.length).toBeGreaterThan(1);
  });

  it("no probe at all: exit 3, with a way to try without hardware", async () => {
    const run = await workspace.json("list");
    if (run.exit === 0) return; // a probe is connected to this machine
    expect(run).toMatchObject({ exit: 3, error: { code: "probe-not-found" }, result: { probes: [] } });
    expect((await workspace.fp("list")).err).toContain("hint: Without hardware, try a simulated board");
  });

  it("-q leaves results and errors, and nothing else", async () => {
    const run = await workspace.fp(
      "flash",
      example("bootloader.hex"),
      "--security",
      "keep-open",
      "-q",
      ...workspace.board("q.k24"),
    );
    expect(run).toMatchObject({ exit: 0, err: "" });
    expect((await workspace.fp("flash", example("bootloader.hex"), "-q", ...workspace.board("q.k24"))).err).toMatch(
      /^error: /,
    );
  });
});

describe("the JSON contract", () => {
  const board = workspace.board("json.k24");
  let flashed: { readonly exit: number };

  beforeAll(async () => {
    flashed = await workspace.json("flash", example("small.hex"), ...board);
  });

  it("has a schema for every verb", () => {
    expect(Object.keys(RESULTS).sort()).toEqual([...VERBS.map(({ name }) => name), "commander-lint"].sort());
  });

  // Each call is checked against the schema by `workspace.json`.
  it.each([
    ["list", ["--probe", workspace.twin("json.k24")]],
    ["chips", []],
    ["info", board],
    ["explain", [example("small.hex"), "--chip", CHIP]],
    ["explain", [workspace.write("session.log", LOG)]],
    ["plan", [example("small.hex"), ...board]],
    ["verify", [example("small.hex"), ...board]],
    ["erase", ["--sectors", "0x10000:0x12000", ...board]],
    ["read", ["0x400:+16", ...board]],
    ["read", ["0x400:+16", "-o", workspace.path("out.bin"), ...board]],
    ["write", ["0x20000000", "1", ...board]],
    ["run", board],
    ["reset", board],
    ["unlock", board],
  ])("%s %j keeps to it", async (verb, argv) => {
    expect(flashed.exit).toBe(0);
    await workspace.json(verb, ...argv);
  });

  it("prints exactly one line", async () => {
    expect((await workspace.fp("info", "--json", ...board)).out).toMatch(/^\{.*\}\n$/);
  });

  it.each(VERBS.filter(({ args }) => args?.startsWith("<")).map(({ name }) => name))(
    "%s without its arguments is a usage error in JSON too",
    async (name) => {
      expect(await workspace.json(name)).toMatchObject({ exit: 2, error: { code: "usage" } });
    },
  );
});
