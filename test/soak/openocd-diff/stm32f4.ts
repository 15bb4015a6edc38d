import { onTarget } from "../../support/board.ts";
import { soakedChip } from "../../support/soaked-chips.ts";
import { startState } from "./start-state.ts";
import { type Both, type Comparison, erase, ourFlash, program, RESET, readIn, reset, tcl, writeIn } from "./both.ts";

const KB = 0x400;
const FLASH = 0x08000000;
/** The sectors that are worked on: four of 16 KB and one of 64 KB. */
const SIZES = [16 * KB, 16 * KB, 16 * KB, 16 * KB, 64 * KB];
const STARTS = SIZES.map((_, i) => FLASH + SIZES.slice(0, i).reduce((sum, size) => sum + size, 0));
const WORKED_ON = { start: FLASH, length: 128 * KB } as const;
/** OpenOCD's work area at the start of SRAM is larger than our loader's. */
const WORK_AREA = 0x8000;
const SRAM = { start: 0x20000000, length: 0x20000 } as const;
const FREE_RAM = { start: SRAM.start + WORK_AREA, length: SRAM.length - WORK_AREA } as const;
const OPTION_BYTES = 0x1fffc000;
/** OPTLOCK and OPTSTRT are no options. */
const OPTIONS_OF_OPTCR = 0xfffffffc;

/** The STM32F407: its flash, and its options by OpenOCD's own commands for them. */
export const stm32f4: Comparison = {
  twin: "STM32F407xG",
  openocd: { config: "target/stm32f4x.cfg", reset: true },
  start: () => startState(soakedChip("STM32F407xG")),
  // A lock is followed by its unlock.
  often: [
    ...(["read", "read", "read", "write", "write", "write", "erase", "erase"] as const),
    ...(["program", "program", "program", "reset", "protect", "user options", "lock"] as const),
  ],
  unlock: "unlock",
  operations: {
    read: readIn(FREE_RAM, WORKED_ON),
    write: writeIn(FREE_RAM),
    reset,

    async erase(both) {
      const first = both.chance.below(SIZES.length);
      const last = Math.min(SIZES.length - 1, first + both.chance.below(3));
      const length = SIZES.slice(first, last + 1).reduce((sum, size) => sum + size, 0);
      await erase(both, { start: STARTS[first], length }, first, last);
      return undefined;
    },

    async program(both) {
      const { chance } = both;
      const address = FLASH + chance.below(WORKED_ON.length / 16 - 256) * 16;
      await program(both, address, chance.bytes((1 + chance.below(256)) * 16));
      return undefined;
    },

    /** Protects some sectors, and takes the protection away again. */
    async protect(both) {
      const { twin, bench, chance } = both;
      const first = chance.below(12);
      const last = first + chance.below(12 - first);
      const nWRP = 0xfff & ~(2 ** (last + 1) - 2 ** first);
      await options(twin, OPTION_BYTES + 8, nWRP & 0xff, nWRP >>> 8);
      await tcl(bench, RESET);
      await tcl(bench, `flash protect 0 ${first} ${last} on`);
      const seen = [await optcr(both), await theirOptcr(both)] as const;
      await options(twin, OPTION_BYTES + 8, 0xff, 0x0f);
      await tcl(bench, `flash protect 0 ${first} ${last} off`);
      return seen;
    },

    /** Brown-out level and how the watchdog and low-power modes begin. */
    async "user options"(both) {
      const user = both.chance.below(8) * 0x20 + both.chance.below(4) * 4;
      await options(both.twin, OPTION_BYTES, user | 0x13);
      await tcl(both.bench, RESET);
      await tcl(both.bench, `stm32f2x options_write 0 0x${user.toString(16)}`);
      return undefined;
    },

    async lock(both) {
      await options(both.twin, OPTION_BYTES + 1, 0x00);
      await tcl(both.bench, RESET);
      await tcl(both.bench, "stm32f2x lock 0");
      await onTarget(both.twin, async (session) => void (await session.reset("system", "halt")));
      await tcl(both.bench, RESET);
      both.locked = true;
      return undefined;
    },

    async unlock(both) {
      await onTarget(both.twin, async () => {}, { massErase: true });
      await tcl(both.bench, "stm32f2x unlock 0");
      await tcl(both.bench, RESET);
      both.locked = false;
      return undefined;
    },
  },
  parts: [
    ["flash", "flash", { start: 0, length: 0x100000 }],
    ["one-time memory", "otp", { start: 0, length: 0x210 }],
    ["RAM above the stacks' code", "sram", { start: WORK_AREA, length: SRAM.length - WORK_AREA }],
    ["core-coupled RAM", "ccm", { start: 0, length: 0x10000 }],
  ],
  words: [
    { name: "FLASH_OPTCR", address: 0x40023c14, width: 32, mask: OPTIONS_OF_OPTCR },
    ...[0, 4, 8, 12].map(
      (at) => ({ name: "a word of the option bytes", address: OPTION_BYTES + at, width: 32 }) as const,
    ),
  ],
};

/** Option bytes at an address, by a job of ours. */
const options = (twin: Both["twin"], address: number, ...bytes: readonly number[]): Promise<void> =>
  ourFlash(twin, address, Uint8Array.from(bytes), { banks: ["options"], keepRest: true });

const OPTCR = 0x40023c14;
const plain = (word: number): string => ((word & OPTIONS_OF_OPTCR) >>> 0).toString(16);

const optcr = ({ twin }: Both): Promise<string> =>
  onTarget(twin, async ({ core }) => {
    const bytes = await core.memory.read(OPTCR, 4, 32);
    return plain(Buffer.from(bytes).readUInt32LE());
  });

const theirOptcr = async ({ bench }: Both): Promise<string> =>
  plain(Number(await tcl(bench, `read_memory ${OPTCR} 32 1`)));
