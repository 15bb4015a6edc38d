import { describe, expect, it } from "vitest";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { type Act, permit } from "../../../src/flash/permit.ts";
import type { DapOp, DapPort, Probe } from "../../../src/probe/probe.ts";
import { connect } from "../../../src/session/connect.ts";
import { DCRSR } from "../../../src/registers/scs.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import type { Session } from "../../../src/session/session.ts";
import { board, example, flashBoard, onTarget, probeOf } from "../../support/board.ts";

/** A board that an image with a lock was flashed on, and that was reset. */
async function lockedBoard() {
  const twin = board({ flash: "zero" });
  await flashBoard(twin, example("bootloader.raw.bin"), { policy: "as-image", permits: [permit("lock")] });
  await onTarget(twin, async (session) => void (await session.reset("system", "halt")));
  return twin;
}

/** Connects to a locked chip, which stays locked. */
const leftLocked = (probe: Probe, twin: ReturnType<typeof board>) =>
  connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt", onLocked: async () => "leave" });

describe("unlocking a locked chip", () => {
  it.each<Act>(["lock", "lock-for-ever", "near-lock", "raw-write"])(
    "is refused with a permit for %s, and the chip keeps its content and its lock",
    async (act) => {
      const twin = await lockedBoard();
      const before = twin.peekFlash(0, 0x2000);
      const probe = await probeOf(twin);
      const session = await leftLocked(probe, twin);
      await expect(session.unlock([permit(act)])).rejects.toMatchObject({ code: "unlock-consent" });
      expect(twin.peekFlash(0, 0x2000)).toEqual(before);
      await probe.close();
    },
  );

  it("releases the reset line and throws unlock-failed when the chip does not take the mass erase", async () => {
    const twin = await lockedBoard();
    const probe = withoutApWrites(await probeOf(twin));
    const session = await leftLocked(probe, twin);
    const levels = recordReset(probe);
    probe.drops = true;
    await expect(session.unlock([permit("mass-erase")])).rejects.toMatchObject({ code: "unlock-failed" });
    expect(levels).toContain(0);
    expect(levels.at(-1)).toBe(1);
    await probe.close();
  });

  /** Drops every write of an access port while `drops` is set, so that nothing that a procedure requests is done. */
  function withoutApWrites(probe: Probe): Probe & { drops: boolean } {
    const open = probe.connect.bind(probe);
    const dropping = Object.assign(probe, { drops: false });
    const isKept = (op: DapOp) => !(dropping.drops && op.op === "write" && op.reg.port === "ap");
    probe.connect = async (wire, hz, io) => {
      const port = await open(wire, hz, io);
      const only: DapPort = {
        transfersPerRoundTrip: port.transfersPerRoundTrip,
        sequence: port.sequence.bind(port),
        swdSequence: port.swdSequence.bind(port),
        transfer: (ops, io) => port.transfer(ops.filter(isKept), io),
      };
      return only;
    };
    return dropping;
  }

  function recordReset(probe: Probe): number[] {
    const levels: number[] = [];
    const setPins = probe.setPins.bind(probe);
    probe.setPins = (pins, io) => {
      if (pins.nreset !== undefined) levels.push(pins.nreset);
      return setPins(pins, io);
    };
    return levels;
  }
});

describe("the registers that a job gives back", () => {
  it.each(["hash", "read"] as const)(
    "are read twice: a job that compares by %s throws unsteady-read where a register differs, and programs nothing",
    async (verifyBy) => {
      const twin = board({ flash: "zero" });
      const before = twin.peekFlash(0, 0x10000);
      const image = example("bootloader-open.raw.bin");
      const job = { image, policy: "refuse", permits: [], keepRest: true, verifyBy } as const;
      const work = onTarget(twin, (session) => {
        damageSecondReading(session);
        return flashImage(session, job);
      });
      await expect(work).rejects.toMatchObject({ code: "unsteady-read" });
      expect(twin.peekFlash(0, 0x10000)).toEqual(before);
    },
  );

  /** The second reading of many registers has one bit of R5 wrong, be it in a batch with other accesses or on its own. */
  function damageSecondReading({ core }: Session): void {
    const read = core.readRegisters.bind(core);
    const run = core.memory.run.bind(core.memory);
    let readings = 0;
    core.readRegisters = async (names, io) => {
      const values = [...(await read(names, io))];
      if (names.length > 8 && ++readings === 2) values[names.indexOf("R5")] ^= 1;
      return values;
    };
    core.memory.run = async (ops, io) => {
      const words = await run(ops, io);
      const isOfR5 = ops.map((op) => op.op === "write" && op.address === DCRSR.address && op.value === R5);
      // Behind a selection come a look at DHCSR and the value.
      const reads = ops.flatMap(({ op }, i) => (op === "write" ? [] : [isOfR5[i - 2] ?? false]));
      const second = reads.map((isValue, i) => (isValue ? i : -1)).filter((i) => i >= 0)[1];
      return words.map((word, i) => (i === second ? word ^ 1 : word));
    };
  }

  const R5 = 5;
});
