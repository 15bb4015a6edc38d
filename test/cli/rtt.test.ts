import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "./workspace.ts";

const FIRMWARE = resolve("examples/k24-rtt/firmware.hex");
const BLOCK = "0x20005004";

describe("rtt", () => {
  const workspace = new Workspace();
  const board = workspace.board();
  beforeAll(async () => {
    await workspace.json("flash", FIRMWARE, ...board);
  });
  afterAll(() => workspace.clear());

  it("finds the control block by itself and prints the firmware's output", async () => {
    const { exit, out, err } = await workspace.fp("rtt", ...board, "--for", "1500");
    expect({ exit, out, err }).toEqual({ exit: 0, out: "RTT on a K24: hello\r\n", err: "" });
  });

  it("ends at --until's text, and has the block's address in --json", async () => {
    const { result } = await workspace.json("rtt", ...board, "--channel", "1", "--until", "00003", "--for", "5000");
    expect(result).toMatchObject({ address: BLOCK, channel: 1 });
    expect(result["text"]).toMatch(/^00000\r\n00001\r\n/);
  });

  it("goes straight to an address", async () => {
    const { result } = await workspace.json("rtt", ...board, "--addr", BLOCK, "--channel", "1", "--for", "10");
    expect(result["bytes"]).toBeGreaterThan(0);
  });

  it("searches only the given range, and fails with that range where no block is in it", async () => {
    const { exit, error } = await workspace.json("rtt", ...board, "--range", "0x20000000:+0x1000", "--for", "50");
    expect({ exit, code: error?.code }).toEqual({ exit: 1, code: "rtt-not-found" });
    expect(error?.message).toBe("No RTT control block was found in 0x20000000:+4096");
  });

  it("fails at once on a channel that the firmware hasn't", async () => {
    const { exit, error } = await workspace.json("rtt", ...board, "--channel", "7");
    expect({ exit, code: error?.code }).toEqual({ exit: 1, code: "rtt-no-channel" });
  });

  it("ends by Ctrl-C, with what was received", async () => {
    const stop = new AbortController();
    workspace.terminal = { signal: stop.signal };
    const running = workspace.json("rtt", ...board, "--addr", BLOCK, "--channel", "1");
    setTimeout(() => stop.abort(), 300);
    expect((await running).exit).toBe(0);
    workspace.terminal = {};
  });
});
