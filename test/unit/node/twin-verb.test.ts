import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../../src/cli/main.ts";
import type { Streams } from "../../../src/cli/output.ts";
import { decodeState } from "../../../src/host/state-format.ts";

const CHIP = "MK24FN1M0xxx12";

/** A run of `fp` in this process: what it has printed, and the way to end it. */
class Run {
  readonly out: string[] = [];
  readonly err: string[] = [];
  readonly exit: Promise<number>;
  private readonly stop = new AbortController();
  private woken = () => {};

  constructor(...argv: readonly string[]) {
    const terminal: Streams = {
      out: (text) => {
        this.out.push(text);
        this.woken();
      },
      err: (text) => void this.err.push(text),
      errIsTerminal: false,
      inIsTerminal: false,
      env: {},
      folder: tmpdir(),
      signal: this.stop.signal,
    };
    this.exit = main(argv, terminal);
  }

  async ready(): Promise<this> {
    while (!this.out.includes("ready\n")) {
      await new Promise<void>((resolve) => {
        this.woken = resolve;
      });
    }
    return this;
  }

  /** Ports in the order in which they were printed. */
  get ports(): readonly number[] {
    return [...this.out.join("").matchAll(/^listening \S+ 127\.0\.0\.\d+:(\d+)$/gm)].map((match) => Number(match[1]));
  }

  interrupt(): Promise<number> {
    this.stop.abort("interrupted");
    return this.exit;
  }
}

describe("fp twin", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-twin-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("prints its ports, then ready, and exits 0 when interrupted", async () => {
    const run = await new Run("twin", CHIP, "--jlink=0", "--pace", "lockstep").ready();
    expect(run.out.join("")).toMatch(/^listening jlink 127\.0\.0\.1:\d+\nready\n$/);
    expect(await run.interrupt()).toBe(0);
  });

  it("ends by itself after a time, paced by the wall", async () => {
    expect(await new Run("twin", CHIP, "--jlink=0", "--for", "50").exit).toBe(0);
  });

  it("lets another fp flash it, and keeps the board's state when it ends", async () => {
    const state = join(folder, "board.k24");
    const run = await new Run(
      "twin",
      `${CHIP},flash=zero`,
      "--jlink=0",
      "--pace",
      "lockstep",
      "--state",
      state,
    ).ready();
    const probe = `ip:127.0.0.1:${run.ports[0]}`;
    const client = new Run(
      "flash",
      join(process.cwd(), "examples/k24-bootloader/small.hex"),
      "--chip",
      CHIP,
      "--probe",
      probe,
    );
    expect(await client.exit, client.err.join("")).toBe(0);
    await run.interrupt();
    const { chip, parts } = decodeState(readFileSync(state), state);
    expect(chip).toBe(CHIP);
    expect(parts.get("pflash")?.[0x40c]).toBe(0xfe);
    expect(parts.get("pflash")?.subarray(0, 4)).not.toEqual(Uint8Array.of(0xff, 0xff, 0xff, 0xff));
  });

  it("serves several boards on ports of their own", async () => {
    const run = await new Run(
      "twin",
      `${CHIP},serial=111`,
      `${CHIP},serial=222`,
      "--jlink=0",
      "--pace",
      "lockstep",
    ).ready();
    expect(new Set(run.ports).size).toBe(2);
    await run.interrupt();
  });

  it("counts the faults that fired in its --json answer", async () => {
    const run = await new Run(
      "twin",
      CHIP,
      "--jlink=0",
      "--pace",
      "lockstep",
      "--fault",
      "wait@dap=1",
      "--json",
    ).ready();
    const client = new Run("info", "--chip", CHIP, "--probe", `ip:127.0.0.1:${run.ports[0]}`);
    expect(await client.exit, client.err.join("")).toBe(0);
    await run.interrupt();
    const answer = JSON.parse(run.out[run.out.length - 1]);
    expect(answer.result).toEqual({ boards: 1, busErrors: [], faultsFired: [{ fault: "wait@dap=1", count: 1 }] });
  });

  it.each([
    ["no server", [CHIP]],
    ["a port that is none", [CHIP, "--jlink=70000"]],
    ["an unknown pace", [CHIP, "--jlink=0", "--pace", "fast"]],
    ["one state for two boards", [CHIP, CHIP, "--jlink=0", "--state", "x"]],
    ["a fault that is none", [CHIP, "--jlink=0", "--fault", "boom@usb=1"]],
  ])("refuses %s as a usage error", async (_, args) => {
    expect(await new Run("twin", ...args).exit).toBe(2);
  });
});
