import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeState, encodeState } from "../../../src/host/state-format.ts";
import type { Twin, TwinState } from "../../../src/twin/usb.ts";
import { inProject } from "../../../tools/lib/project.mjs";
import type { Check } from "../check.ts";
import { fp } from "../program.ts";
import { type Openocd, readWords } from "./tcl.ts";

/** A twin that an OpenOCD works on, and a folder that both see. */
export interface Judged {
  readonly twin: Twin;
  readonly openocd: Openocd;
  readonly folder: string;
}

/** The example firmware. */
const BLINKY = inProject("examples", "rp2040-blinky", "firmware.elf");

const FLASH = 0x10000000;
const SECTOR = 0x10000;
/** Bytes of a dump: the example, and what is blank behind it. */
const DUMPED = 0x800;
/** SIO's CPUID: which core reads it. */
const CPUID = 0xd0000000;
/** RAM that no loader's stack or data lie in. */
const CODE = 0x20000100;

/** The board as it stands, as a state file, for our own program. */
function boardOf({ twin, folder }: Judged, name: string): readonly string[] {
  const file = join(folder, name);
  writeFileSync(file, encodeState(twin.snapshot()));
  return ["--chip", "RP2040", "--probe", `twin:RP2040,flash=zero,state=${file}`];
}

/** What OpenOCD does with a board that we have not written to. */
export const theyWrite = (judged: Judged): readonly Check[] => {
  const { twin, openocd, folder } = judged;
  const { tcl } = openocd;
  const core = (n: 0 | 1) => tcl(`targets rp2040.core${n}`);
  const peek = (offset: number, count: number) => Buffer.from(twin.peekFlash(FLASH + offset, count));

  return [
    {
      title: "OpenOCD selects both cores of an RP2040 by TARGETSEL and halts them at the ROM's reset vector",
      run: async () => {
        await tcl("reset halt");
        for (const n of [0, 1] as const) {
          assert.match(await tcl(`rp2040.dap${n} dpreg 0`), /0x0bc12477/);
          assert.equal(await tcl(`rp2040.core${n} curstate`), "halted");
          await core(n);
          assert.deepEqual([...(await readWords(openocd, CPUID, 1))], [n, 0, 0, 0]);
        }
        await core(0);
      },
    },
    {
      title: "OpenOCD steps core 1 of an RP2040 in RAM and stops it at a breakpoint, and core 0 stays where it is",
      run: async () => {
        const before = await tcl("targets rp2040.core0; reg pc");
        // movs r0, #1; movs r0, #2; b .
        await tcl(`targets rp2040.core1; write_memory ${CODE} 16 {0x2001 0x2002 0xe7fe}; reg pc ${CODE}; step`);
        assert.match(await tcl("reg r0"), /0x00000001/);
        await tcl(`bp ${CODE + 4} 2; resume; wait_halt 5000; rbp all`);
        assert.match(await tcl("reg pc"), /0x20000104/);
        assert.match(await tcl("reg r0"), /0x00000002/);
        assert.equal(await tcl("targets rp2040.core0; reg pc"), before);
      },
    },
    {
      title: "OpenOCD's flash driver calls the boot ROM of an RP2040 and finds a W25Q16",
      run: async () => {
        const probed = await tcl("capture {flash probe 0}");
        assert.match(probed, /Found flash device 'win w25q16jv' \(ID 0x001540ef\)/);
        assert.match(probed, /2097152 bytes @0x10000000, in 32 sectors/);
        assert.match(await tcl("flash erase_check 0"), /Bank is erased/);
      },
    },
    {
      title: "OpenOCD writes and verifies an image on an RP2040 that we then verify and boot",
      run: async () => {
        await tcl(`flash write_image erase ${BLINKY}`);
        assert.match(await tcl(`verify_image ${BLINKY}`), /verified \d+ bytes/);
        await tcl("reset run");
        await boots(boardOf(judged, "theirs"));
      },
    },
    {
      title: "OpenOCD erases a sector and all sectors of an RP2040",
      run: async () => {
        const file = join(folder, "pattern.bin");
        writeFileSync(file, Buffer.alloc(0x200, 0x5a));
        await tcl(`reset halt; flash write_image erase ${file} ${FLASH + 2 * SECTOR - 0x100}`);
        assert.equal(peek(2 * SECTOR - 1, 2).toString("hex"), "5a5a");
        await tcl("flash erase_sector 0 1 1");
        assert.equal(peek(2 * SECTOR - 1, 2).toString("hex"), "ff5a");
        await tcl("flash erase_sector 0 0 last");
        assert.ok(peek(0, 0x200000).every((byte) => byte === 0xff));
        assert.equal((await fp("verify", BLINKY, "--connect", "halt", ...boardOf(judged, "erased"))).exit, 6);
      },
    },
  ];
};

/** The state of a board that our own program has flashed. */
export async function flashedByUs(folder: string): Promise<TwinState> {
  const file = join(folder, "ours");
  const flashed = await fp("flash", BLINKY, "--chip", "RP2040", "--probe", `twin:RP2040,flash=zero,state=${file}`);
  assert.equal(flashed.exit, 0, flashed.out + flashed.err);
  return decodeState(readFileSync(file), file);
}

/** What OpenOCD does with a board that our own program has flashed. */
export const weWrote = (judged: Judged): readonly Check[] => [
  {
    title: "OpenOCD verifies and dumps what we have written on an RP2040, which boots afterwards",
    run: async () => {
      const { twin, openocd } = judged;
      const { tcl } = openocd;
      await tcl("reset halt; flash probe 0");
      assert.match(await tcl(`verify_image ${BLINKY}`), /verified \d+ bytes/);
      await tcl(`dump_image /run/dump.bin ${FLASH} ${DUMPED}`);
      const digest = createHash("sha256").update(twin.peekFlash(FLASH, DUMPED)).digest("hex");
      assert.match(await tcl("exec sha256sum /run/dump.bin"), new RegExp(digest));
      await tcl("reset run");
      await boots(boardOf(judged, "ours-read"));
    },
  },
];

/** Our own program finds the example on this board, and its UART text behind a reset. */
async function boots(board: readonly string[]): Promise<void> {
  const verify = await fp("verify", BLINKY, "--connect", "halt", ...board);
  assert.equal(verify.exit, 0, verify.out + verify.err);
  const reset = await fp("reset", ...board);
  assert.equal(reset.exit, 0, reset.err);
  const { out, err } = await fp("run", ...board, "--uart", "stdout", "--for", "250");
  assert.match(out, /blink 2\n/, out + err);
}
