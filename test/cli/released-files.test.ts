import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHIP, example, Workspace } from "./workspace.ts";

const fixture = (name: string) => readFileSync(`test/fixtures/released/${name}`);

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
  workspace.write("small.hex", readFileSync(example("small.hex")));
});
afterEach(() => workspace.clear());

/** The board that the released version left. */
const board = () => {
  workspace.write("board.state", gunzipSync(fixture("board.state.gz")));
  return ["--probe", `twin:${CHIP},flash=zero,state=${workspace.path("board.state")}`];
};

describe("a state file of the first released version", () => {
  it("is read: its flash holds what was programmed, and it can be flashed again", async () => {
    const named = ["--chip", CHIP, ...board()];
    const verify = await workspace.json("verify", example("small.hex"), ...named);
    expect(verify).toMatchObject({ exit: 0, result: { verdict: "equal", compared: 12288 } });
    const flash = await workspace.json("flash", `${example("bootloader-open.hex")}`, ...named);
    expect(flash).toMatchObject({ exit: 0, result: { verify: { verdict: "equal" } } });
    expect((await workspace.json("info", ...board())).result).toMatchObject({
      chip: CHIP,
      match: "yes",
      locked: false,
    });
  });

  it("that a state of this version has replaced holds the same afterwards", async () => {
    const named = ["--chip", CHIP, ...board()];
    await workspace.json("reset", "--halt", ...named);
    const again = ["--chip", CHIP, "--probe", `twin:${CHIP},flash=zero,state=${workspace.path("board.state")}`];
    expect((await workspace.json("verify", example("small.hex"), ...again)).result).toMatchObject({ verdict: "equal" });
  });
});

describe("a plan of the first released version", () => {
  it.each(["small.plan", "fresh.plan"])("%s is refused by its version, and a new one is asked for", async (name) => {
    workspace.write(name, fixture(name));
    const run = await workspace.json("flash", "--plan", workspace.path(name), "--chip", CHIP, ...board());
    expect(run.error).toMatchObject({ code: "plan-file-version" });
    expect(run.error?.message).toContain(
      "is a flashproof-plan/1 file; this version of Flashproof runs flashproof-plan/2",
    );
    expect(run.error?.hints.join("\n")).toContain("plan");
  });

  it("has the digest that this version's plan of the same files has", async () => {
    const digestOf = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()).digest;
    const plan = await workspace.json("plan", example("small.hex"), "--chip", CHIP, ...board());
    expect(plan.result).toMatchObject({ digest: digestOf(fixture("small.plan")) });
    const fresh = ["--probe", `twin:${CHIP},flash=zero,state=${workspace.path("fresh.state")}`];
    const other = await workspace.json("plan", example("small.hex"), "--chip", CHIP, ...fresh);
    expect(other.result).toMatchObject({ digest: digestOf(fixture("fresh.plan")) });
  });
});

describe("a settings file of the first released version", () => {
  it("is read: its chip, speed and loader are this version's", async () => {
    workspace.write("flashproof.toml", fixture("flashproof.toml"));
    const [, probe] = board();
    const run = await workspace.json("plan", example("small.hex"), "--probe", probe);
    expect(run).toMatchObject({ exit: 0, result: { chip: CHIP } });
  });
});
