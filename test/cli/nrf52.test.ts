import { resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Workspace } from "./workspace.ts";

const CHIP = "nRF52840_xxAA";
const BLINKY = resolve("examples/nrf52840-blinky/firmware.hex");

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.clear());

const board = (keys = "", twin = CHIP) => [
  ...["--chip", CHIP],
  ...["--probe", `twin:${twin},state=${workspace.path("board")}${keys}`],
];

describe("an nRF52840 on each probe", () => {
  it.each(["jlink", "jlink-hs", "cmsis-dap", "cmsis-dap-hs", "cmsis-dap-v1"])(
    "%s: it is recognised, flashed, verified, run and erased",
    async (probe) => {
      const at = board(`,flash=zero,probe=${probe}`);
      expect((await workspace.json("info", ...at)).result).toMatchObject({ chip: CHIP, match: "yes" });
      expect((await workspace.json("plan", BLINKY, ...at)).exit).toBe(0);
      expect((await workspace.json("flash", BLINKY, ...at)).result).toMatchObject({ verify: { verdict: "equal" } });
      expect((await workspace.json("verify", BLINKY, ...at)).exit).toBe(0);
      expect((await workspace.fp("read", "0:+4", ...at)).out).toContain("00 00 04 20");
      expect((await workspace.fp("reset", ...at)).exit).toBe(0);
      expect((await workspace.fp("run", "--uart", "stdout", "--until", "blink 3", ...at)).out).toContain("blink 2");
      expect((await workspace.json("erase", "--range", "0:+0x1000", ...at)).exit).toBe(0);
      expect((await workspace.fp("read", "0:+4", ...at)).out).toContain("FF FF FF FF");
    },
  );

  it("is flashed without code on the chip, too", async () => {
    const flash = await workspace.json("flash", BLINKY, "--loader", "direct", ...board());
    expect(flash.result).toMatchObject({ verify: { verdict: "equal" } });
  });
});

describe("a locked nRF52840", () => {
  it.each([CHIP, `${CHIP}-F0`])("%s: is opened by the CTRL-AP with the consent, and UICR gets 0x5A", async (twin) => {
    const at = board(",locked=1", twin);
    expect((await workspace.fp("info", ...at)).out).toContain("locked: yes (a mass erase opens it)");
    expect((await workspace.json("flash", BLINKY, ...at)).exit).toBe(5);
    expect((await workspace.json("unlock", ...at)).exit).toBe(5);
    expect((await workspace.json("unlock", "--allow-mass-erase", ...at)).exit).toBe(0);
    expect((await workspace.fp("read", "0x10001208:+4", ...at)).out).toContain("5A FF FF FF");
    expect((await workspace.json("flash", BLINKY, ...at)).exit).toBe(0);
  });
});

describe("UICR", () => {
  it("is not changed by a job for the code flash", async () => {
    await workspace.json("flash", BLINKY, ...board());
    expect((await workspace.fp("read", "0x10001208:+4", ...board())).out).toContain("FF FF FF FF");
  });
});
