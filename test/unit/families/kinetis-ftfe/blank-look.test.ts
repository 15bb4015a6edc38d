import { describe, expect, it } from "vitest";
import { LAYOUT } from "../../../../src/families/kinetis-ftfe/queue-words.ts";
import { FAMILIES } from "../../../../src/families/list.ts";
import { flashImage } from "../../../../src/session/flash-job.ts";
import type { Session } from "../../../../src/session/session.ts";
import { board, example, flashBoard, onTarget } from "../../../support/board.ts";
import { programmedBoard } from "../../../regression/firmware.ts";

const BLANK = { start: 0x10000, length: 0x4000 };

/** What a loader that has not begun says of ranges. */
const looksBlank = async ({ core, chip, clock }: Session, ...ranges: readonly (typeof BLANK)[]): Promise<boolean> => {
  const loader = FAMILIES["kinetis-ftfe"].loaders.ram({ core, chip, clock, bank: chip.banks[0] });
  return (await loader.areBlank?.(chip.banks[0], ranges)) ?? false;
};

describe("a look whether sectors are blank, without a loader", () => {
  it("finds erased sectors blank, those of both blocks with one command for each", async () => {
    const twin = await programmedBoard();
    const commands = twin.flashCommands;
    const ranges = [BLANK, { start: 0x14000, length: 0x1000 }, { start: 0x7f000, length: 0x2000 }];
    expect(await onTarget(twin, (session) => looksBlank(session, ...ranges))).toBe(true);
    expect(twin.flashCommands - commands).toBe(3);
  });

  it("does not find a sector blank that holds one byte", async () => {
    const twin = await programmedBoard();
    expect(await onTarget(twin, (session) => looksBlank(session, BLANK, { start: 0x2000, length: 0x1000 }))).toBe(
      false,
    );
  });

  it.each([0, 1, 2])("launches nothing where the command is read back otherwise (word %i)", async (word) => {
    const twin = await programmedBoard();
    const commands = twin.flashCommands;
    const found = await onTarget(twin, (session) => {
      const { memory } = session.core;
      const run = memory.run.bind(memory);
      let writes = 0;
      memory.run = (ops, io) =>
        run(
          ops.map((op) => {
            const isFlipped =
              op.op === "write" && op.width === 32 && op.address >>> 8 === 0x400200 && writes++ === word;
            return isFlipped ? { ...op, value: (op.value ^ (0x8 << 24)) >>> 0 } : op;
          }),
          io,
        );
      return looksBlank(session, BLANK);
    });
    expect(found).toBe(false);
    expect(twin.flashCommands).toBe(commands);
  });

  it("answers no where the core runs, and where the controller is closed to the debugger", async () => {
    const twin = await programmedBoard();
    const running = async (session: Session) => {
      await session.core.resume();
      return looksBlank(session, BLANK);
    };
    expect(await onTarget(twin, running)).toBe(false);
    const closed = board({ forbidAhbToFtfe: true, state: twin.snapshot() });
    expect(await onTarget(closed, (session) => looksBlank(session, BLANK))).toBe(false);
  });

  it("spares a job that changes nothing its loader", async () => {
    const twin = board({ flash: "zero" });
    const image = example("bootloader-open.raw.bin");
    await flashBoard(twin, image);
    const written = await onTarget(twin, async (session) => {
      const { memory } = session.core;
      const run = memory.run.bind(memory);
      const { start } = session.chip.workRam[0];
      const places: number[] = [];
      memory.run = (ops, io) => {
        for (const { op, address } of ops) if (op === "write") places.push(address - start);
        return run(ops, io);
      };
      await flashImage(session, { image, policy: "refuse", keepRest: true, permits: [], keepRam: false });
      return places;
    });
    // Its code may be there, put beside the count of the hashes.
    expect(written.length).toBeGreaterThan(0);
    expect(written).not.toContain(LAYOUT.setup);
  });
});
