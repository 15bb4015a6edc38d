import { describe, expect, it } from "vitest";
import { FAMILIES } from "../../src/families/list.ts";
import { LAYOUT, STEP } from "../../src/families/stm32f4/queue-words.ts";
import { onTarget } from "../support/board.ts";
import { codeFrom } from "./firmware.ts";
import { QueueBoard } from "./queue-board.ts";

const START = 0x08000000;
/** Two sectors are the job's; those behind them hold something that no job here may touch. */
const CHIP = { chip: "STM32F407xG", start: START, length: 0x8000, filled: 0x20000, layout: LAYOUT };

describe("a step of an STM32F4's queue whose word is flipped on the wire", () => {
  const words = [
    ["the command of an erase", STEP.ERASE_SECTOR, 0],
    ["the address of an erase", STEP.ERASE_SECTOR, 1],
    ["what the controller is to erase", STEP.ERASE_SECTOR, 5],
    ["the address of a write", STEP.PROGRAM, 1],
    ["the length of a write", STEP.PROGRAM, 2],
    ["the buffer of a write", STEP.PROGRAM, 3],
  ] as const;

  it.each(words.flatMap(([what, command, word]) => [3, 14, 16].map((bit) => [what, bit, command, word] as const)))(
    "%s, bit %i: ends with loader-failed, and no other sector is touched",
    async (_, bit, command, word) => {
      const own = await QueueBoard.filled(CHIP);
      await own.expectRefusal(own.stepFlipped(command, word, bit));
    },
  );
});

describe("the queue of an STM32F4", () => {
  it("refuses data that were spoiled on the wire: loader-failed, and the rest is as before", async () => {
    const own = await QueueBoard.filled(CHIP);
    await own.expectRefusal(own.dataFlipped());
  });

  it.each(["sector", "bank"])("refuses the erase of a %s that the job does not change", async (what) => {
    const own = await QueueBoard.filled(CHIP);
    const { twin, beside: before } = own;
    const code = await codeFrom(
      onTarget(twin, async ({ core, chip, clock }) => {
        await core.reset("system", "halt");
        const [bank] = chip.banks;
        const loader = FAMILIES.stm32f4.loaders.ram({ core, chip, clock, bank });
        await loader.start({ permitted: { everything: false, ranges: [{ start: START, length: 0x4000 }] } });
        await (what === "bank" ? loader.eraseBank?.(bank, []) : loader.eraseSector(bank, START + 0x8000, []));
        await loader.settle();
      }),
    );
    expect(code).toBe("loader-failed");
    expect(own.beside).toBe(before);
  });
});
