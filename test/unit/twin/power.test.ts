import { describe, expect, it } from "vitest";
import { ap, dp, Lab, MS } from "./lab.ts";

const SRAM = 0x20000000;
const ERSSCR = 0x09;
const OK = 1;
const SILENCE = 7;

const changed = (flash: Uint8Array) => flash.some((byte) => byte !== 0xff);

/** A connected board whose sector at 0x2000 has a zero phrase in each of its first 16 rows. */
async function withContent(lab: Lab): Promise<void> {
  for (let address = 0x2000; address < 0x2080; address += 8) {
    await lab.write32(0x40020008, 0);
    await lab.write32(0x4002000c, 0);
    await lab.launchFlash(0x07, address);
    await lab.twin.clock.sleep(200);
  }
  expect(lab.twin.peekFlash(0x2000, 0x80)).toEqual(new Uint8Array(0x80));
}

describe("power cut of a board", () => {
  it("clears debug link and RAM and restores power 10 ms later", async () => {
    const lab = await Lab.quiet();
    await lab.write32(SRAM, 0x12345678);
    lab.twin.powerCut();
    expect(await lab.vtref()).toBe(0);
    await lab.twin.clock.sleep(15_000);
    expect(await lab.vtref()).toBe(3314);
    expect((await lab.transfers([dp(0)]))[0].ack).toBe(SILENCE);
    await lab.connect();
    await lab.holdCore();
    expect(await lab.read32(SRAM)).not.toBe(0x12345678);
  });

  it("leaves a running erase half done", async () => {
    const lab = await Lab.quiet();
    await withContent(lab);
    await lab.launchFlash(ERSSCR, 0x2000);
    lab.twin.powerCut();
    const flash = lab.twin.peekFlash(0x2000, 0x80);
    expect(flash.some((byte) => byte !== 0)).toBe(true);
    expect(changed(flash)).toBe(true);
  });

  it("happens at its point within the launch of its number while no transfer runs", async () => {
    const lab = await Lab.quiet();
    await withContent(lab);
    const before = lab.twin.flashCommands;
    lab.twin.armPowerCut(2, 0.5);
    await lab.launchFlash(ERSSCR, 0x3000);
    await lab.twin.clock.sleep(20_000);
    expect(await lab.vtref()).toBe(3314);
    await lab.launchFlash(ERSSCR, 0x2000);
    expect(lab.twin.flashCommands).toBe(before + 2);
    const from = lab.now;
    await lab.twin.clock.sleep(5_000);
    expect(await lab.vtref()).toBe(3314);
    await lab.twin.clock.sleep(5_000);
    expect(await lab.vtref()).toBe(0);
    await lab.twin.clock.sleep(10_000);
    expect(await lab.vtref()).toBe(3314);
    expect(lab.now - from).toBeLessThan(25 * MS);
    expect(changed(lab.twin.peekFlash(0x2000, 0x80))).toBe(true);
  });

  it("has the same result for the same seed", async () => {
    const flashAfter = async (seed: number) => {
      const lab = await Lab.quiet({ seed });
      await withContent(lab);
      await lab.launchFlash(ERSSCR, 0x2000);
      await lab.twin.clock.sleep(5_000);
      lab.twin.powerCut();
      return lab.twin.peekFlash(0x2000, 0x80);
    };
    const once = await flashAfter(7);
    expect(await flashAfter(7)).toEqual(once);
    expect(await flashAfter(8)).not.toEqual(once);
  });

  it("happens at the planned percentage of a flash command", async () => {
    const lab = await Lab.quiet({ faults: "power-cut@ftfe=17:40" });
    await withContent(lab);
    await lab.launchFlash(ERSSCR, 0x2000);
    await lab.twin.clock.sleep(30_000);
    expect(lab.twin.faultsFired).toEqual([{ fault: "power-cut@ftfe=17:40", count: 1 }]);
    expect(changed(lab.twin.peekFlash(0x2000, 0x80))).toBe(true);
  });

  it.each(["power-cut@ms=40", "vtref@ms=40:0", "power-cut@usb=40", "power-cut@dap=60"])(
    "happens by plan: %s",
    async (faults) => {
      const lab = await Lab.connected({ faults });
      const seen: number[] = [];
      for (let i = 0; i < 40; i++) {
        seen.push(await lab.vtref());
        await lab.transfers([dp(4), dp(4)]);
      }
      expect(seen[0]).toBe(3314);
      expect(seen).toContain(0);
      expect(lab.twin.faultsFired[0].count).toBe(1);
    },
  );

  it("leaves the supply at the planned voltage", async () => {
    const lab = await Lab.connected({ faults: "vtref@ms=30:1800" });
    await lab.twin.clock.sleep(40_000);
    expect(await lab.vtref()).toBe(1800);
    expect((await lab.transfers([dp(0)]))[0].ack).toBe(OK);
  });

  it("ends a batch with no acknowledge for the rest", async () => {
    const lab = await Lab.connected({ faults: "power-cut@dap=8" });
    const acks = (await lab.transfers(Array.from({ length: 8 }, () => dp(0)))).map((one) => one.ack);
    expect(acks).toEqual([OK, OK, OK, ...Array(5).fill(SILENCE)]);
  });
});

describe("injected flash controller fault", () => {
  it("ends a command with MGSTAT0", async () => {
    const lab = await Lab.quiet({ faults: "mgstat@ftfe=1" });
    await lab.launchFlash(ERSSCR, 0x2000);
    await lab.twin.clock.sleep(20_000);
    expect((await lab.read32(0x40020000)) & 0xff).toBe(0x81);
    expect(lab.twin.faultsFired).toEqual([{ fault: "mgstat@ftfe=1", count: 1 }]);
  });

  it("keeps it busy for ever", async () => {
    const lab = await Lab.quiet({ faults: "busy@ftfe=1" });
    await lab.launchFlash(ERSSCR, 0x2000);
    await lab.twin.clock.sleep(500_000);
    expect((await lab.read32(0x40020000)) & 0x80).toBe(0);
  });
});

describe("board state", () => {
  it("restores a powered board: flash, RAM, unique ID, time", async () => {
    const lab = await Lab.quiet({ seed: 5 });
    await withContent(lab);
    await lab.write32(SRAM, 0xfeedc0de);
    const state = lab.twin.snapshot();
    const next = await Lab.quiet({ state });
    expect(state.clockPs).toBe(lab.now);
    expect(next.now).toBeGreaterThan(state.clockPs);
    expect(next.twin.peekFlash(0x2000, 0x80)).toEqual(new Uint8Array(0x80));
    expect(await next.read32(SRAM)).toBe(0xfeedc0de);
    expect(next.twin.snapshot().uid).toBe(state.uid);
  });

  it("loses the debug link: the port is JTAG again", async () => {
    const lab = await Lab.quiet();
    const next = await Lab.open({ state: lab.twin.snapshot() });
    await next.out(0xc7, 1);
    await next.in(64);
    expect((await next.transfers([dp(0)]))[0].ack).toBe(SILENCE);
  });

  it("starts with a power-on reset when requested", async () => {
    const lab = await Lab.quiet();
    await lab.write32(SRAM, 0xfeedc0de);
    const next = await Lab.quiet({ state: lab.twin.snapshot(), powerCycle: true });
    await next.twin.clock.sleep(2_000);
    expect(await next.read32(SRAM)).not.toBe(0xfeedc0de);
  });

  it("finishes an erase that was running", async () => {
    const lab = await Lab.quiet();
    await withContent(lab);
    await lab.launchFlash(ERSSCR, 0x2000);
    const next = await Lab.quiet({ state: lab.twin.snapshot() });
    await next.twin.clock.sleep(20_000);
    expect(changed(next.twin.peekFlash(0x2000, 0x80))).toBe(false);
    expect((await next.transfers([dp(8, 0xf0), ap(0xc), dp(0xc)]))[2].data).toBe(0x24770011);
  });

  it("is refused when it is of another chip or has missing parts", async () => {
    const { twin } = await Lab.open();
    const state = twin.snapshot();
    await expect(Lab.open({ state: { ...state, chip: "K64" } })).rejects.toMatchObject({ code: "twin-bad-option" });
    for (const name of state.parts.keys()) {
      const parts = new Map([...state.parts].filter(([part]) => part !== name));
      await expect(Lab.open({ state: { ...state, parts } })).rejects.toMatchObject({ code: "twin-state-corrupt" });
    }
  });
});
