import { describe, expect, it } from "vitest";
import type { MemoryOp } from "../../src/adi/memory.ts";
import { FAMILIES } from "../../src/families/list.ts";
import { readFlashStatus } from "../../src/families/rp2040/flash-status.ts";
import { LAYOUT, STEP } from "../../src/families/rp2040/queue-words.ts";
import { buildImage } from "../../src/image/build-image.ts";
import { flashImage } from "../../src/session/flash-job.ts";
import type { Session } from "../../src/session/session.ts";
import type { Twin } from "../../src/twin/usb.ts";
import { board, onTarget } from "../support/board.ts";
import { codeFrom } from "./firmware.ts";

const START = 0x10000000;
const STEP_BYTES = 48;
/** Two sectors of 4 KB; those behind them hold something that no job here may touch. */
const imageOf = (value: number) =>
  buildImage({
    format: "raw",
    segments: [{ name: "firmware", address: START, bytes: new Uint8Array(0x2000).fill(value) }],
  });

async function boardWithMore(): Promise<Twin> {
  const twin = board({ chip: "RP2040", flash: "zero" });
  const bytes = new Uint8Array(0x18000).fill(0x33);
  const image = buildImage({ format: "raw", segments: [{ name: "all", address: START, bytes }] });
  await onTarget(twin, (session) => flashImage(session, { image, policy: "keep-open", keepRest: true, permits: [] }));
  return twin;
}

const beside = (twin: Twin) => Buffer.from(twin.peekFlash(START + 0x2000, 0x16000)).toString("base64");

/** A job on that board whose transfers are changed once on their way; answers the code of its error. */
async function flashWith(
  twin: Twin,
  change: (ops: readonly MemoryOp[], ram: number) => readonly MemoryOp[] | undefined,
) {
  return codeFrom(
    onTarget(twin, async (session) => {
      disturb(session, change);
      const job = { policy: "keep-open", keepRest: true, permits: [], keepRam: false } as const;
      return (await flashImage(session, { image: imageOf(0x5a), ...job })).verify.verdict;
    }),
  );
}

function disturb({ core: { memory }, chip }: Session, change: Parameters<typeof flashWith>[1]): void {
  const run = memory.run.bind(memory);
  let isDone = false;
  memory.run = (ops, io) => {
    const changed = isDone ? undefined : change(ops, chip.workRam[0].start);
    isDone ||= changed !== undefined;
    return run(changed ?? ops, io);
  };
}

const flipped = (ops: readonly MemoryOp[], at: number, bit: number) =>
  ops.map((op, i) => (i === at && op.op === "write" ? { ...op, value: (op.value ^ (1 << bit)) >>> 0 } : op));

/** Where the first step of a command is written, in a batch. */
const stepIn = (ops: readonly MemoryOp[], ram: number, command: number) =>
  ops.findIndex((op) => {
    const at = op.address - ram - LAYOUT.steps;
    const isFirst = at >= 0 && at < LAYOUT.given.stepCount * STEP_BYTES && at % STEP_BYTES === 0;
    return op.op === "write" && isFirst && op.value === command;
  });

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
      const twin = await boardWithMore();
      const before = beside(twin);
      const code = await flashWith(twin, (ops, ram) => {
        const at = stepIn(ops, ram, command);
        return at < 0 ? undefined : flipped(ops, at + word, bit);
      });
      expect(code).toBe("loader-failed");
      expect(beside(twin)).toBe(before);
    },
  );
});

describe("the queue of an RP2040", () => {
  it("refuses data that were spoiled on the wire: loader-failed, and the rest is as before", async () => {
    const twin = await boardWithMore();
    const before = beside(twin);
    const code = await flashWith(twin, (ops, ram) => {
      const at = ops.findIndex((op) => op.op === "write" && op.address === ram + LAYOUT.given.buffers + 0x10);
      return at < 0 ? undefined : flipped(ops, at, 7);
    });
    expect(code).toBe("loader-failed");
    expect(beside(twin)).toBe(before);
  });

  it.each(["sector", "block", "bank"])("refuses the erase of a %s that the job does not change", async (what) => {
    const twin = await boardWithMore();
    const before = beside(twin);
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
    expect(beside(twin)).toBe(before);
  });

  it("works off what it holds in order: an erase that is refused is the last thing that happens", async () => {
    const twin = await boardWithMore();
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
    const twin = await boardWithMore();
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
    const twin = await boardWithMore();
    const before = beside(twin);
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
      const { verify, run } = await flashImage(session, { image: imageOf(0x5a), ...job });
      expect([verify.verdict, run.sectorsErased]).toEqual(["equal", 2]);
    });
    expect(new Set(twin.peekFlash(START, 0x2000))).toEqual(new Set([0x5a]));
    expect(beside(twin)).toBe(before);
  });
});
