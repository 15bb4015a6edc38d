import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { Workspace, example } from "./workspace.ts";

const workspace = new Workspace();
afterAll(() => workspace.clear());

describe("a board in a state file", () => {
  it("keeps its flash, its lock and its running firmware between processes", async () => {
    const board = workspace.board("kept.k24");
    await workspace.fp("flash", example("small.hex"), ...board);
    expect((await workspace.json("info", ...board)).result).toMatchObject({
      core: { name: "Cortex-M4" },
      locked: false,
    });
    expect((await workspace.json("verify", example("small.hex"), ...board)).exit).toBe(0);
  });

  it("has one user at a time: a second flash prints the owner and exits 3", async () => {
    const board = workspace.board("busy.k24");
    await workspace.fp("info", ...board);
    const before = workspace.bytes("busy.k24");
    workspace.write("busy.k24.lock", `${process.pid}\n`);
    const run = await workspace.json("info", ...board);
    expect(run).toMatchObject({ exit: 3, error: { code: "twin-in-use" }, details: { owner: process.pid } });
    expect(workspace.bytes("busy.k24")).toEqual(before);
    expect(workspace.has("busy.k24.lock")).toBe(true);
  });

  it("two calls at once: one works, one exits 3", async () => {
    const board = workspace.board("twice.k24");
    const runs = await Promise.all([workspace.fp("info", ...board), workspace.fp("info", ...board)]);
    expect(runs.map((run) => run.exit).sort()).toEqual([0, 3]);
    expect(workspace.has("twice.k24.lock")).toBe(false);
  });

  it("whose owner died is taken over", async () => {
    const board = workspace.board("orphan.k24");
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    workspace.write("orphan.k24.lock", `${dead}\n`);
    expect((await workspace.fp("info", ...board)).exit).toBe(0);
    expect(workspace.has("orphan.k24.lock")).toBe(false);
  });

  it("with power=cycle starts with a power-on reset", async () => {
    await workspace.fp("flash", example("small.hex"), "--halt", ...workspace.board("power.k24"));
    expect((await workspace.json("info", ...workspace.board("power.k24"))).result.core.state).toBe("halted");
    const again = await workspace.json("info", ...workspace.board("power.k24", ",power=cycle"));
    expect(["running", "sleeping"]).toContain(again.result.core.state);
  });
});

describe("a file that is no state of a board", () => {
  const foreign = new TextEncoder().encode("#!/bin/sh\necho this is somebody's script\n");

  it("of another program exits 7 and is left as it is", async () => {
    workspace.write("foreign.k24", foreign);
    for (const verb of ["info", "reset"]) {
      const run = await workspace.json(verb, ...workspace.board("foreign.k24"));
      expect(run).toMatchObject({ exit: 7, error: { code: "twin-state-foreign" } });
    }
    expect([...workspace.bytes("foreign.k24")]).toEqual([...foreign]);
    expect(workspace.has("foreign.k24.lock")).toBe(false);
  });

  it.each([
    ["cut short", (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2)],
    ["with one bit turned", (bytes: Uint8Array) => bytes.with(5_000, bytes[5_000] ^ 1)],
    [
      "with a byte too many",
      (bytes: Uint8Array) => Uint8Array.from([...bytes.subarray(0, 4_000), 0, ...bytes.subarray(4_000)]),
    ],
  ])("%s exits 7 and is left as it is", async (_, damage) => {
    await workspace.fp("info", ...workspace.board("good.k24"));
    const damaged = damage(new Uint8Array(readFileSync(workspace.path("good.k24"))));
    writeFileSync(workspace.path("bad.k24"), damaged);
    const run = await workspace.json("info", ...workspace.board("bad.k24"));
    expect(run).toMatchObject({ exit: 7, error: { code: "twin-state-corrupt" } });
    expect(Buffer.compare(workspace.bytes("bad.k24"), damaged)).toBe(0);
  });
});

describe("Ctrl-C", () => {
  it("before anything happened exits 130", async () => {
    workspace.terminal = { signal: AbortSignal.abort() };
    const run = await workspace.json("flash", example("small.hex"), ...workspace.board("early.k24"));
    workspace.terminal = {};
    expect(run).toMatchObject({ exit: 130, error: { code: "aborted" } });
  });

  it.each([1, 3, 9])(
    "at progress line %i of a flash ends it between two steps, and the board can be used again",
    async (at) => {
      const board = workspace.board(`stopped${at}.k24`);
      const stop = new AbortController();
      let lines = 0;
      const err = () => void (++lines === at && stop.abort("interrupted"));
      workspace.terminal = { signal: stop.signal, err };
      const run = await workspace.fp(
        "flash",
        example("bootloader.hex"),
        "--security",
        "keep-open",
        "--events",
        "ndjson",
        ...board,
      );
      workspace.terminal = {};
      expect(run.exit).toBe(130);
      expect(workspace.has(`stopped${at}.k24.lock`)).toBe(false);
      expect((await workspace.json("info", ...board)).result.locked).toBe(false);
      expect((await workspace.fp("flash", example("bootloader.hex"), "--security", "keep-open", ...board)).exit).toBe(
        0,
      );
    },
  );

  it("leaves no listener behind", async () => {
    const before = process.listenerCount("SIGINT");
    await workspace.fp("chips");
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});

describe("a probe that fails in the middle", () => {
  it("is an error with its code, and the board is not left in use", async () => {
    const board = workspace.board("unplugged.k24", ",fault=unplug@usb=100");
    const run = await workspace.json("flash", example("small.hex"), ...board);
    expect(run).toMatchObject({ exit: 3, error: { code: "usb-unplugged" } });
    expect(workspace.has("unplugged.k24.lock")).toBe(false);
    expect((await workspace.fp("flash", example("small.hex"), ...workspace.board("unplugged.k24"))).exit).toBe(0);
  });
});
