import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHIP, example, Workspace } from "./workspace.ts";

const K64 = "MK64FN1M0xxx12";

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.clear());

const boardOf = (chip: string) => `twin:${chip},flash=zero,state=${workspace.path("board")}`;

describe("a second chip of the same flash controller", () => {
  it("is recognised, flashed, verified and erased like the first one", async () => {
    const named = ["--chip", K64, "--probe", boardOf(K64)];
    expect((await workspace.json("info", "--probe", boardOf(K64))).result).toMatchObject({
      chip: K64,
      match: "yes",
      origin: "own",
    });
    const flash = await workspace.json("flash", example("bootloader-open.hex"), ...named);
    expect(flash.result).toMatchObject({ chip: K64, origin: "own", verify: { verdict: "equal" } });
    expect((await workspace.json("verify", example("bootloader-open.hex"), ...named)).exit).toBe(0);
    expect((await workspace.json("erase", "--chip-all", ...named)).result).toMatchObject({ erased: 1 });
  });

  it("is opened by a mass erase where it is locked, with the consent", async () => {
    const locked = ["--chip", K64, "--probe", `${boardOf(K64)},locked=1`];
    expect((await workspace.fp("flash", example("small.hex"), ...locked)).exit).toBe(5);
    expect((await workspace.fp("flash", example("small.hex"), ...locked, "--allow-mass-erase")).exit).toBe(0);
  });

  it.each([
    [CHIP, K64],
    [K64, CHIP],
  ])("is not taken for the other one: a %s named %s is refused with chip-mismatch", async (real, named) => {
    const run = await workspace.json("flash", example("small.hex"), "--chip", named, "--probe", boardOf(real));
    expect(run.error?.code).toBe("chip-mismatch");
  });
});

describe("a plan file of an earlier version of the program", () => {
  const file = example("small.hex");
  const sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
  /** As version 0.1.0 planned small.hex for a blank K24, before chips had banks. */
  const digest = "992acf4d3c69e7b4bae76a14918066f8480ed24cea02f3abd1af1464022d8b26";
  const plan = (schema: string) => JSON.stringify({ schema, chip: CHIP, keep: [], files: [{ file, sha256 }], digest });

  it("of version 2 still has the digest of what it does, and is run", async () => {
    workspace.write("old.plan", plan("flashproof-plan/2"));
    const run = await workspace.json("flash", "--plan", workspace.path("old.plan"), "--probe", boardOf(CHIP));
    expect([run.exit, run.result["digest"]]).toEqual([0, digest]);
  });

  it("of version 1 is refused by its version, with the way on", async () => {
    workspace.write("old.plan", plan("flashproof-plan/1"));
    const run = await workspace.json("flash", "--plan", workspace.path("old.plan"), "--probe", boardOf(CHIP));
    expect(run.error?.code).toBe("plan-file-version");
    expect(run.error?.hints.length).toBeGreaterThan(0);
  });
});
