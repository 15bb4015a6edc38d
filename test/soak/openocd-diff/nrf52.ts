import { writeFileSync } from "node:fs";
import { onTarget } from "../../support/board.ts";
import { soakedChip } from "../../support/soaked-chips.ts";
import { startState } from "./start-state.ts";
import { type Both, type Comparison, eraseIn, ourFlash, program, RESET, readIn, reset, tcl, writeIn } from "./both.ts";

const PAGE = 0x1000;
const PAGES = 24;
/** OpenOCD's work area at the start of RAM is larger than our loader's. */
const WORK_AREA = 0x4000;
const RAM = { start: 0x20000000, length: 0x40000 } as const;
const FREE_RAM = { start: RAM.start + WORK_AREA, length: RAM.length - WORK_AREA } as const;
/** From the customers' words to APPROTECT and the word behind it. */
const UICR = { start: 0x10001080, approtect: 0x10001208, end: 0x10001210 } as const;

/** The nRF52840: its flash, UICR, and the lock with its way out by the CTRL-AP. */
export const nrf52: Comparison = {
  twin: "nRF52840_xxAA",
  openocd: { config: "target/nrf52.cfg" },
  start: () => startState(soakedChip("nRF52840_xxAA")),
  often: [
    ...(["read", "read", "read", "write", "write", "write", "erase", "erase"] as const),
    ...(["program", "program", "program", "reset", "UICR", "UICR", "lock and recover"] as const),
  ],
  operations: {
    read: readIn(FREE_RAM, { start: 0, length: PAGES * PAGE }, { start: 0x10001000, length: 0x1000 }),
    write: writeIn(FREE_RAM),
    reset,

    erase: eraseIn(PAGES, PAGE),

    async program(both) {
      const { chance } = both;
      const address = chance.below((PAGES * PAGE) / 16 - 256) * 16;
      await program(both, address, chance.bytes((1 + chance.below(256)) * 16));
      return undefined;
    },

    async UICR(both) {
      await writeUicr(both, uicr(both, 0x5a));
      return undefined;
    },

    /** Both have closed the chip once its power was off and on, and both open it by an erase of everything. */
    async "lock and recover"(both) {
      const { twin, bench, openocd } = both;
      await writeUicr(both, uicr(both, 0x00));
      twin.powerCut();
      await twin.clock.sleep(POWER_BACK_US);
      const lock = await onTarget(twin, (session) => session.lock());
      await onTarget(twin, async () => {}, { massErase: true });
      await bench.ask("stop");
      await bench.ask("powerCut", POWER_BACK_US);
      await bench.startOpenocd(openocd);
      const idle = (await tcl(bench, "[[target current] cget -dap] apreg 1 0xc")) as string;
      await tcl(bench, "nrf52_recover");
      await tcl(bench, RESET);
      // What ours has written so that a hardened build stays open, too.
      await tcl(bench, `flash fillw 0x${UICR.approtect.toString(16)} 0xffffff5a 1`);
      await onTarget(twin, (session) => session.reset("system", "halt"));
      return [lock?.locked ? "locked" : "open", (Number(idle) & 1) === 0 ? "locked" : "open"];
    },
  },
  parts: [
    ["flash", "flash", { start: 0, length: 0x100000 }],
    ["UICR", "uicr", { start: 0, length: 0x1000 }],
    ["RAM above the stacks' code", "sram", { start: WORK_AREA, length: RAM.length - WORK_AREA }],
  ],
  words: [{ name: "UICR.APPROTECT", address: UICR.approtect, width: 32 }],
};

const POWER_BACK_US = 20_000;

/** Customers' words by chance, no reset pin, and APPROTECT as it is asked for. */
function uicr({ chance }: Both, approtect: number): Uint8Array {
  const bytes = new Uint8Array(UICR.end - UICR.start).fill(0xff);
  bytes.set(chance.bytes(4 * (1 + chance.below(32))));
  bytes[UICR.approtect - UICR.start] = approtect;
  return bytes;
}

async function writeUicr({ twin, bench, file }: Both, bytes: Uint8Array): Promise<void> {
  await ourFlash(twin, UICR.start, bytes, { banks: ["uicr"] });
  writeFileSync(file, bytes);
  await tcl(bench, RESET);
  await tcl(bench, "flash erase_sector 1 0 0");
  await tcl(bench, `flash write_image ${file} 0x${UICR.start.toString(16)} bin`);
}
