import { describe, expect, it } from "vitest";
import type { MemoryOp } from "../../src/adi/memory.ts";
import { FAMILIES } from "../../src/families/list.ts";
import { readFlashStatus } from "../../src/families/rp2040/flash-status.ts";
import { LAYOUT, STEP } from "../../src/families/rp2040/queue-words.ts";
import { flashImage } from "../../src/session/flash-job.ts";
import { onTarget } from "../support/board.ts";
import { codeFrom } from "./firmware.ts";
import { QueueBoard } from "./queue-board.ts";

const START = 0x10000000;
/** Two sectors are the job's; those behind them hold something that no job here may touch. */
const CHIP = { chip: "RP2040", start: START, length: 0x2000, filled: 0x18000, layout: LAYOUT };

describe("a step of an RP2040's queue whose word is flipped on the wire", () => {
  const words = [
    ["the command of an erase", STEP.ERASE_SECTOR, 0],
    ["the address of an erase", STEP.ERASE_SECTOR, 1],
    ["the length of an erase", STEP.ERASE_SECTOR, 2],
    ["the address of a write", STEP.PROGRAM, 1],
    ["the length of a write", STEP.PROGRAM, 2],
    ["the buffer of a write", STEP.PROGRAM, 3],
  ] as const;

  it.each(words.flatMap(([what, command, word]) => [2, 13, 16].map((bit) => [what, bit, command, word] as const)))(
    "%s, bit %i: ends with loader-failed, and no other sector is touched",
    async (_, bit, command, word) => {
      const own = await QueueBoard.filled(CHIP);
      await own.expectRefusal(own.stepFlipped(command, word, bit));
    },
  );
});

describe("the queue of an RP2040", () => {
  it("refuses data that were spoiled on the wire: loader-failed, and the rest is as before", async () => {
    const own = await QueueBoard.filled(CHIP);
    await own.expectRefusal(own.dataFlipped());
  });

  it.each(["sector", "block", "bank"])("refuses the erase of a %s that the job does not change", async (what) => {
    const own = await QueueBoard.filled(CHIP);
    const { twin, beside: before } = own;
    const code = await codeFrom(
      onTarget(twin, async ({ core, chip, clock }) => {
        await core.reset("system", "halt");
        const [bank] = chip.banks;
        const loader = FAMILIES.rp2040.loaders.ram({ core, chip, clock, bank });
        await loader.start({ permitted: { everything: false, ranges: [{ start: START, length: 0x2000 }] } });
        if (what === "bank") await loader.eraseBank?.(bank, []);
        else if (what === "block") await loader.eraseBlock?.(bank, START, 0x10000);
        else await loader.eraseSector(bank, START + 0x2000, []);
        await loader.settle();
      }),
    );
    expect(code).toBe("loader-failed");
    expect(own.beside).toBe(before);
  });

  it("works off what it holds in order: an erase that is refused is the last thing that happens", async () => {
    const { twin } = await QueueBoard.filled(CHIP);
    const code = await codeFrom(
      onTarget(twin, async ({ core, chip, clock }) => {
        await core.reset("system", "halt");
        const [bank] = chip.banks;
        const loader = FAMILIES.rp2040.loaders.ram({ core, chip, clock, bank });
        await loader.start({ permitted: { everything: false, ranges: [{ start: START, length: 0x2000 }] } });
        await loader.program(bank, START + 0x2000, new Uint8Array(0x100));
        await loader.eraseSector(bank, START, []);
        await loader.settle();
      }),
    );
    expect(code).toBe("loader-failed");
    expect(new Set(twin.peekFlash(START, 0x18000))).toEqual(new Set([0x33]));
  });

  it("leaves the flash readable as memory when it ends, after a failure, too", async () => {
    const { twin } = await QueueBoard.filled(CHIP);
    await onTarget(twin, async ({ core, chip, clock }) => {
      await core.reset("system", "halt");
      const [bank] = chip.banks;
      const loader = FAMILIES.rp2040.loaders.ram({ core, chip, clock, bank });
      for (const at of [START, START + 0x2000]) {
        await loader.start({ permitted: { everything: false, ranges: [{ start: START, length: 0x2000 }] } });
        const end = async () => {
          await loader.eraseSector(bank, at, []);
          await loader.settle();
        };
        await end().catch(() => {});
        await loader.stop();
        expect([...(await core.memory.read(START + 0x2000, 4, 32))]).toEqual([0x33, 0x33, 0x33, 0x33]);
      }
    });
  });
});

const put = (address: number, value: number): MemoryOp => ({ op: "write", address, width: 32, value });
const [SELECT, SSIENR, CTRLR0, SR, DR0] = [0x4001800c, 0x18000008, 0x18000000, 0x18000028, 0x18000060];

/** A command to the flash, with chip select forced low around it. */
const flashCommand = (...bytes: readonly number[]): readonly MemoryOp[] => [
  put(SELECT, 0x200),
  ...bytes.map((byte) => put(DR0, byte)),
  { op: "until", address: SR, width: 32, mask: 5, value: 4 },
  put(SELECT, 0x300),
];

describe("an RP2040 whose flash has QE at 0", () => {
  it("is flashed and proved by hash with one data line", async () => {
    const own = await QueueBoard.filled(CHIP);
    const { twin, beside: before } = own;
    await onTarget(twin, async (session) => {
      const { memory } = session.core;
      await session.reset("system", "halt");
      await memory.run([put(SSIENR, 0), put(CTRLR0, 0x70000), put(SSIENR, 1)]);
      await memory.run([...flashCommand(0x06), ...flashCommand(0x01, 0x00, 0x00)]);
      // Off and on again, which empties the receiver of what came in beside the commands.
      await memory.run([put(SSIENR, 0), put(SSIENR, 1)]);
      await twin.clock.sleep(20_000);
      expect((await readFlashStatus(memory, {})) & 0x200).toBe(0);
      const job = { policy: "keep-open", keepRest: true, permits: [], keepRam: false } as const;
      const { verify, run } = await flashImage(session, { image: own.image(0x5a), ...job });
      expect([verify.verdict, run.sectorsErased]).toEqual(["equal", 2]);
    });
    expect(new Set(twin.peekFlash(START, 0x2000))).toEqual(new Set([0x5a]));
    expect(own.beside).toBe(before);
  });
});
