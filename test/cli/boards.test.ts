import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { Desk, example } from "./desk.ts";

const desk = new Desk();
afterAll(() => desk.clear());

describe("a board in a state file", () => {
  it("keeps its flash, its lock and its running firmware between processes", async () => {
    const board = desk.board("kept.k24");
    await desk.fp("flash", example("small.hex"), ...board);
    expect((await desk.json("info", ...board)).result).toMatchObject({ core: { name: "Cortex-M4" }, locked: false });
    expect((await desk.json("verify", example("small.hex"), ...board)).exit).toBe(0);
  });

  it("has one user at a time: the second is told who, and exits 3", async () => {
    const board = desk.board("busy.k24");
    await desk.fp("info", ...board);
    const before = desk.bytes("busy.k24");
    desk.write("busy.k24.lock", `${process.pid}\n`);
    const run = await desk.json("info", ...board);
    expect(run).toMatchObject({ exit: 3, error: { code: "twin-in-use" }, details: { owner: process.pid } });
    expect(desk.bytes("busy.k24")).toEqual(before);
    expect(desk.has("busy.k24.lock")).toBe(true);
  });

  it("two calls at once: one works, one exits 3", async () => {
    const board = desk.board("twice.k24");
    const runs = await Promise.all([desk.fp("info", ...board), desk.fp("info", ...board)]);
    expect(runs.map((run) => run.exit).sort()).toEqual([0, 3]);
    expect(desk.has("twice.k24.lock")).toBe(false);
  });

  it("whose owner died is taken over", async () => {
    const board = desk.board("orphan.k24");
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    desk.write("orphan.k24.lock", `${dead}\n`);
    expect((await desk.fp("info", ...board)).exit).toBe(0);
    expect(desk.has("orphan.k24.lock")).toBe(false);
  });

  it("with power=cycle starts with a power-on reset", async () => {
    await desk.fp("flash", example("small.hex"), "--halt", ...desk.board("power.k24"));
    expect((await desk.json("info", ...desk.board("power.k24"))).result.core.state).toBe("halted");
    const again = await desk.json("info", ...desk.board("power.k24", ",power=cycle"));
    expect(["running", "sleeping"]).toContain(again.result.core.state);
  });
});

describe("a file that is no state of a board", () => {
  const foreign = new TextEncoder().encode("#!/bin/sh\necho this is somebody's script\n");

  it("of another program exits 7 and is left as it is", async () => {
    desk.write("foreign.k24", foreign);
    for (const verb of ["info", "reset"]) {
      const run = await desk.json(verb, ...desk.board("foreign.k24"));
      expect(run).toMatchObject({ exit: 7, error: { code: "twin-state-foreign" } });
    }
    expect([...desk.bytes("foreign.k24")]).toEqual([...foreign]);
    expect(desk.has("foreign.k24.lock")).toBe(false);
  });

  it.each([
    ["cut short", (bytes: Uint8Array) => bytes.slice(0, bytes.length / 2)],
    ["with one bit turned", (bytes: Uint8Array) => bytes.with(5_000, bytes[5_000] ^ 1)],
    [
      "with a byte too many",
      (bytes: Uint8Array) => Uint8Array.from([...bytes.subarray(0, 4_000), 0, ...bytes.subarray(4_000)]),
    ],
  ])("%s exits 7 and is left as it is", async (_, damage) => {
    await desk.fp("info", ...desk.board("good.k24"));
    const damaged = damage(new Uint8Array(readFileSync(desk.path("good.k24"))));
    writeFileSync(desk.path("bad.k24"), damaged);
    const run = await desk.json("info", ...desk.board("bad.k24"));
    expect(run).toMatchObject({ exit: 7, error: { code: "twin-state-corrupt" } });
    expect(Buffer.compare(desk.bytes("bad.k24"), damaged)).toBe(0);
  });
});

describe("Ctrl-C", () => {
  it("before anything happened exits 130", async () => {
    desk.world = { signal: AbortSignal.abort() };
    const run = await desk.json("flash", example("small.hex"), ...desk.board("early.k24"));
    desk.world = {};
    expect(run).toMatchObject({ exit: 130, error: { code: "aborted" } });
  });

  it.each([1, 3, 9])(
    "at progress line %i of a flash ends it between two steps, and the board can be used again",
    async (at) => {
      const board = desk.board(`stopped${at}.k24`);
      const stop = new AbortController();
      let lines = 0;
      const err = () => void (++lines === at && stop.abort("interrupted"));
      desk.world = { signal: stop.signal, err };
      const run = await desk.fp(
        "flash",
        example("bootloader.hex"),
        "--security",
        "keep-open",
        "--events",
        "ndjson",
        ...board,
      );
      desk.world = {};
      expect(run.exit).toBe(130);
      expect(desk.has(`stopped${at}.k24.lock`)).toBe(false);
      expect((await desk.json("info", ...board)).result.locked).toBe(false);
      expect((await desk.fp("flash", example("bootloader.hex"), "--security", "keep-open", ...board)).exit).toBe(0);
    },
  );

  it("leaves no listener behind", async () => {
    const before = process.listenerCount("SIGINT");
    await desk.fp("chips");
    expect(process.listenerCount("SIGINT")).toBe(before);
  });
});

describe("a probe that fails in the middle", () => {
  it("is an error with its code, and the board is not left in use", async () => {
    const board = desk.board("unplugged.k24", ",fault=unplug@usb=200");
    const run = await desk.json("flash", example("small.hex"), ...board);
    expect(run).toMatchObject({ exit: 3, error: { code: "usb-unplugged" } });
    expect(desk.has("unplugged.k24.lock")).toBe(false);
    expect((await desk.fp("flash", example("small.hex"), ...desk.board("unplugged.k24"))).exit).toBe(0);
  });
});
