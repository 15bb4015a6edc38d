import { describe, expect, it } from "vitest";
import type { MemoryOp } from "../../src/adi/memory.ts";
import { FAMILIES } from "../../src/families/list.ts";
import { LAYOUT, STEP } from "../../src/families/kinetis-ftfe/queue-words.ts";
import { flashImage } from "../../src/session/flash-job.ts";
import type { Session } from "../../src/session/session.ts";
import type { Twin } from "../../src/twin/usb.ts";
import { board, onTarget } from "../support/board.ts";
import { codeFrom, firmware, holds, programmedBoard } from "./firmware.ts";

/** Another firmware on the same board: three sectors are erased and programmed. */
const image = firmware(0x3000, { 0x1: [0x5a], 0x1001: [0x5a], 0x2001: [0x5a] });
const STEP_BYTES = 48;

/** The word of a step that an operation writes, from the step's start; -1 for other operations. */
function wordOf(op: MemoryOp, ram: number): number {
  const at = op.address - ram - LAYOUT.steps;
  const isStep = op.op === "write" && at >= 0 && at < LAYOUT.stepCount * STEP_BYTES;
  return isStep && op.value !== 0 ? (at % STEP_BYTES) / 4 : -1;
}

/** Flips a bit of one word of the first step that has a command, on its way to the target. */
function flipIn({ core: { memory }, chip }: Session, command: number, word: number, bit: number): void {
  const ram = chip.workRam[0].start;
  const run = memory.run.bind(memory);
  let flips = 1;
  memory.run = (ops, io) => {
    const first = ops.findIndex((op) => op.op === "write" && wordOf(op, ram) === 0 && op.value === command);
    const at = first < 0 || flips-- <= 0 ? -1 : first + word;
    return run(
      ops.map((op, i) => (i === at && op.op === "write" ? { ...op, value: (op.value ^ (1 << bit)) >>> 0 } : op)),
      io,
    );
  };
}

/** A job whose queue is disturbed; answers the code of its error. */
const flashWith = (twin: Twin, disturb: (session: Session) => void): Promise<string> =>
  codeFrom(
    onTarget(twin, async (session) => {
      disturb(session);
      const { verify } = await flashImage(session, {
        ...{ image, policy: "refuse", keepRest: true, permits: [], keepRam: false },
      });
      return verify.verdict;
    }),
  );

const flashOf = (twin: Twin) => Buffer.from(twin.peekFlash(0x3000, 0x100000 - 0x3000)).toString("base64");

describe("a step of the queue whose word is flipped on the wire", () => {
  const cases = [
    ["the address of an erase", STEP.ERASE_SECTOR, 1],
    ["the command of an erase", STEP.ERASE_SECTOR, 0],
    ["the phrase of an erase", STEP.ERASE_SECTOR, 5],
    ["the address of a section", STEP.PROGRAM, 1],
    ["the buffer of a section", STEP.PROGRAM, 3],
    ["the length of a section", STEP.PROGRAM, 2],
    ["a check of a section", STEP.PROGRAM, 10],
  ] as const;
  const bits = [3, 4, 12, 13, 16, 19];

  it.each(cases.flatMap(([what, command, word]) => bits.map((bit) => [what, bit, command, word] as const)))(
    "%s, bit %i: ends with loader-failed, and no other sector is touched",
    async (_, bit, command, word) => {
      const twin = await programmedBoard();
      const before = flashOf(twin);
      expect(await flashWith(twin, (session) => flipIn(session, command, word, bit))).toBe("loader-failed");
      expect(flashOf(twin)).toBe(before);
    },
  );

  it("the number: the loader waits for a step that never comes, and the job ends with loader-failed", async () => {
    const twin = await programmedBoard();
    const commands = twin.flashCommands;
    const code = await flashWith(twin, (session) => flipIn(session, STEP.ERASE_SECTOR, 11, 7));
    expect(code).toBe("loader-failed");
    expect(twin.flashCommands).toBe(commands);
  });
});

describe("a buffer of the queue that is spoiled on the wire", () => {
  it.each([0x0, 0x1ff, 0x3ff])(
    "ends with loader-failed, and its data are nowhere in flash (byte %i)",
    async (offset) => {
      const twin = await programmedBoard();
      const before = flashOf(twin);
      const section = new Uint8Array(0x400);
      let isSpoiled = false;
      const code = await flashWith(twin, ({ core: { memory }, chip }) => {
        const buffers = chip.workRam[0].start + LAYOUT.buffers;
        const run = memory.run.bind(memory);
        memory.run = (ops, io) => {
          const inFirst = ({ op, address }: MemoryOp) =>
            op === "write" && address >= buffers && address < buffers + section.length;
          if (isSpoiled || !ops.some(inFirst)) return run(ops, io);
          isSpoiled = true;
          const spoiled = ops.map((op) => {
            if (op.op !== "write" || !inFirst(op)) return op;
            const at = op.address - buffers;
            const isHit = at === offset - (offset % 4);
            const value = isHit ? (op.value ^ (0x40 << (8 * (offset % 4)))) >>> 0 : op.value;
            new DataView(section.buffer).setUint32(at, value, true);
            return { ...op, value };
          });
          return run(spoiled, io);
        };
      });
      expect(code).toBe("loader-failed");
      expect(flashOf(twin)).toBe(before);
      expect(isSpoiled).toBe(true);
      expect(Buffer.from(twin.peekFlash(0, 0x3000)).includes(Buffer.from(section))).toBe(false);
    },
  );
});

describe("a set-up of the queue that is spoiled on the wire", () => {
  it.each([0x0, 0x10, 0x20, 0x2c, 0x40, 0x7c, 0x84])(
    "ends with loader-failed before any flash command (byte %i)",
    async (at) => {
      const twin = await programmedBoard();
      const commands = twin.flashCommands;
      const code = await flashWith(twin, ({ core: { memory }, chip }) => {
        const setup = chip.workRam[0].start + LAYOUT.setup;
        const run = memory.run.bind(memory);
        const place = setup + at - (at % 4);
        memory.run = (ops, io) => {
          const isSetup = ops.some(({ op, address }) => op === "write" && address === setup);
          const spoiled = ops.map((op) =>
            isSetup && op.op === "write" && op.address === place
              ? { ...op, value: (op.value ^ (2 << (8 * (at % 4)))) >>> 0 }
              : op,
          );
          return run(spoiled, io);
        };
      });
      expect(code).toBe("loader-failed");
      expect(twin.flashCommands).toBe(commands);
    },
  );
});

describe("a step for a sector that the loader was not started for", () => {
  it.each(["erase", "look", "section", "phrase", "everything"] as const)(
    "is refused on the target: %s",
    async (what) => {
      const twin = await programmedBoard();
      const commands = twin.flashCommands;
      const work = onTarget(twin, async ({ core, chip, clock }) => {
        await core.reset("system", "halt");
        const [bank] = chip.banks;
        const loader = FAMILIES["kinetis-ftfe"].loaders.ram({ core, chip, clock, bank });
        await loader.start({ permitted: { everything: false, ranges: [{ start: 0x2000, length: 0x1000 }] } });
        if (what === "erase") await loader.eraseSector(bank, 0x1000, []);
        if (what === "look") await loader.ensureBlank?.(bank, 0x3000, 0x1000, []);
        if (what === "section") await loader.program(bank, 0x3000, new Uint8Array(0x400));
        if (what === "phrase") await loader.program(bank, 0x1ff8, new Uint8Array(8));
        if (what === "everything") await loader.eraseBank?.(bank, []);
        await loader.settle();
      });
      await expect(work).rejects.toMatchObject({ code: "loader-failed", details: { status: "0x80000400" } });
      expect(twin.flashCommands).toBe(commands);
    },
  );
});

describe("a progress that comes wrong on the wire", () => {
  it.each([0, 1, 2, 3, 4, 5, 7])("ends in an error, or in flash that holds the image (word %i)", async (word) => {
    const twin = await programmedBoard();
    const code = await flashWith(twin, ({ core: { memory }, chip }) => {
      const progress = chip.workRam[0].start + LAYOUT.setup + 4 * 34;
      const run = memory.run.bind(memory);
      let looks = 0;
      memory.run = async (ops, io) => {
        const words = await run(ops, io);
        const isLook = ops.some((op) => op.op === "read" && op.address === progress);
        return isLook && ++looks === 4 ? words.map((value, i) => (i === word ? value ^ 2 : value)) : words;
      };
    });
    if (code === "none") expect(holds(twin, image)).toBe(true);
    else expect(["unsteady-read", "loader-failed"]).toContain(code);
  });
});

describe("a queue over the slowest wires", () => {
  it("programs half of the buffers in one batch at 6 kHz, which takes longer than a look may", async () => {
    const twin = board({ probe: "cmsis-dap", flash: "zero" });
    const bytes = Uint8Array.from({ length: 0x1000 }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 13) & 0xff);
    const image = { format: "raw", segments: [{ name: "a", address: 0x10000, bytes }], symbols: [] } as const;
    const flash = (session: Session) =>
      flashImage(session, { image, policy: "refuse", keepRest: false, permits: [], keepRam: false });
    const { verify } = await onTarget(twin, flash, { hz: 6_000 });
    expect(verify.verdict).toBe("equal");
    expect(twin.peekFlash(0x10000, bytes.length)).toEqual(bytes);
  });
});
