import { beforeAll, describe, expect, it } from "vitest";
import { AdiError } from "../../../src/adi/adi-error.ts";
import type { BatchMemory, MemoryOp } from "../../../src/adi/memory.ts";
import type { Io } from "../../../src/base/clock.ts";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import type { ResetGuard } from "../../../src/cortex/core-reset.ts";
import { familyOf } from "../../../src/families/list.ts";
import { type Act, permit } from "../../../src/flash/permit.ts";
import type { LockState } from "../../../src/protection/lock-state.ts";
import type { Session } from "../../../src/session/session.ts";
import { type NotReset, notResetText, type StandStill, standStill } from "../../../src/session/stand-still.ts";
import type { TwinState } from "../../../src/twin/usb.ts";
import { board, example, flashBoard } from "../../support/board.ts";
import { judgeFsec } from "../../support/fsec.ts";
import { FakeClock } from "../probe/fake-clock.ts";

/** Security bytes (K24 reference manual, FTFE_FSEC): SEC = 2 is open, any other value is secured. */
const [OPEN, SECURED] = [0xfe, 0xff];
const FSEC = 0x40c;
const idle = familyOf(chip)?.flashIdle;
const FAULT = new AdiError("memory-fault", "refused");

/** A batch that the target refuses has no words. */
function unlessRefused(error: unknown): undefined {
  if (error !== FAULT) throw error;
}

interface Flash {
  /** The security byte, or what reading it throws. */
  readonly fsec: number | Error;
  /** Looks at the flash controller until it is idle; none where it never is. */
  readonly idleAfter?: number;
  readonly match?: "yes" | "no" | "unknown";
  readonly lock?: Partial<LockState>;
  /** Whether the chip is locked after its reset. */
  readonly locks?: boolean;
}

/** A session on a chip with that flash, and what was done to its core. */
function onChip({ fsec, idleAfter = 0, match = "yes", lock, locks = false }: Flash) {
  const log: string[] = [];
  let looks = 0;
  const byteAt = (address: number) => {
    if (fsec instanceof Error) throw fsec;
    return address === FSEC ? fsec : 0xff;
  };
  const wide = ({ address, width }: MemoryOp) =>
    Array.from({ length: width / 8 }, (_, i) => byteAt(address + i) * 2 ** (8 * i)).reduce((sum, part) => sum + part);
  const memory = {
    run: async (ops: readonly MemoryOp[]) => Uint32Array.from(ops.map(wide)),
    read: async (_: number, count: number) => new Uint8Array(count).fill(looks++ < idleAfter ? 0 : (idle?.value ?? 0)),
  };
  const session = {
    ...{ chip, clock: new FakeClock(), found: { chip, match, lock } },
    core: { memory, halt: async () => void log.push("halt") },
    afterHalt: async () => void log.push("after-halt"),
    reset: async (how: string, then: string, io: Io, guard?: ResetGuard) => {
      if (guard)
        await guard.check(await memory.run(guard.looks).catch(unlessRefused), memory as unknown as BatchMemory, io);
      log.push(`reset ${how} ${then}`);
      return { locked: locks, exit: {} };
    },
  } as unknown as Session;
  const causes: NotReset[] = [];
  const stand = (options: StandStill = {}, signal?: AbortSignal) =>
    standStill(session, { onNotReset: (why) => void causes.push(why), ...options }, signal ? { signal } : {});
  return { log, causes, stand };
}

const HALTED = ["halt", "after-halt"];
const RESET = ["reset system halt"];
const NEVER = Number.POSITIVE_INFINITY;
const permits = (...acts: readonly Act[]) => acts.map((act) => permit(act));

describe("a core that is brought to a stand for a job", () => {
  it("is reset where the chip stays open", async () => {
    const { log, causes, stand } = onChip({ fsec: OPEN });
    expect(await stand()).toBe(true);
    expect([log, causes]).toEqual([RESET, []]);
  });

  it("is only halted where no reset is asked for, whatever stands in flash", async () => {
    for (const fsec of [OPEN, SECURED, FAULT]) {
      const { log, causes, stand } = onChip({ fsec, idleAfter: NEVER });
      expect(await stand({ reset: false })).toBe(false);
      expect([log, causes]).toEqual([HALTED, []]);
    }
  });

  it.each([
    ["would lock the chip", SECURED, expect.stringContaining("0xFF"), "a reset would lock the chip"],
    ["can't be read", FAULT, undefined, "a reset might lock the chip"],
  ])("is only halted where the security byte %s, and the cause is known", async (_, fsec, value, text) => {
    const { log, causes, stand } = onChip({ fsec, idleAfter: 3 });
    expect(await stand()).toBe(false);
    expect(log).toEqual(HALTED);
    expect(causes).toEqual([{ field: "FSEC", what: "security byte", value }]);
    expect(notResetText(causes[0])).toContain(text);
  });

  it("is left alone where the security byte can't be read for any other cause", async () => {
    const error = new AdiError("unsteady-read", "not the same");
    const { log, stand } = onChip({ fsec: error });
    await expect(stand()).rejects.toBe(error);
    expect(log).toEqual([]);
  });
});

describe("a core whose flash command hangs, on a chip that a reset would lock", () => {
  it.each<[string, readonly Act[]]>([
    ["nothing", []],
    ["other acts than a mass erase", ["lock", "lock-for-ever", "near-lock", "raw-write"]],
  ])("is left alone where %s is allowed, as flash-busy", async (_, acts) => {
    for (const fsec of [SECURED, FAULT]) {
      const { log, causes, stand } = onChip({ fsec, idleAfter: NEVER });
      await expect(stand({ permits: permits(...acts) })).rejects.toMatchObject({ code: "flash-busy" });
      expect([log, causes]).toEqual([[], []]);
    }
  });

  it("is reset where a mass erase is allowed, beside other acts, too", async () => {
    const { log, stand } = onChip({ fsec: SECURED, idleAfter: NEVER });
    expect(await stand({ permits: permits("lock", "mass-erase") })).toBe(true);
    expect(log).toEqual(RESET);
  });

  it("is left alone where the wait for the command is called off", async () => {
    const { log, stand } = onChip({ fsec: SECURED, idleAfter: NEVER });
    await expect(stand({}, AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
    expect(log).toEqual([]);
  });
});

describe("a chip that no job may work on", () => {
  it.each<[string, Flash, StandStill, string]>([
    ["is another one", { fsec: OPEN, match: "no" }, {}, "chip-mismatch"],
    ["is another one, and is not to be reset", { fsec: OPEN, match: "no" }, { reset: false }, "chip-mismatch"],
    ["is locked", { fsec: OPEN, lock: { locked: true, exit: {} as never } }, {}, "target-locked"],
    [
      "is locked, and is not to be reset",
      { fsec: OPEN, lock: { locked: true, exit: {} as never } },
      { reset: false },
      "target-locked",
    ],
  ])("is left alone where it %s", async (_, flash, options, code) => {
    const { log, stand } = onChip(flash);
    await expect(stand(options)).rejects.toMatchObject({ code });
    expect(log).toEqual([]);
  });

  it("is target-locked where the reset of the job has locked it", async () => {
    const { stand } = onChip({ fsec: OPEN, locks: true });
    await expect(stand()).rejects.toMatchObject({ code: "target-locked", message: expect.stringContaining("reset") });
  });
});

const image = example("small.hex");

describe("a chip whose flash command hangs after the erase of sector 0", () => {
  let hung: TwinState;

  beforeAll(async () => {
    const twin = board({ flash: "zero" });
    await flashBoard(twin, image);
    const struck = board({ flash: "zero", state: twin.snapshot(), faults: "busy@ftfe=1" });
    const other = example("bootloader-open.raw.bin");
    await expect(flashBoard(struck, other)).rejects.toMatchObject({ code: expect.stringMatching(/^(loader|flash)-/) });
    hung = struck.snapshot();
  });

  it("is flashed again where a mass erase is permitted", async () => {
    const twin = board({ flash: "zero", state: hung });
    const { verify } = await flashBoard(twin, image, { massErase: true });
    expect(verify.verdict).toBe("equal");
    expect(judgeFsec(twin.peekFlash(0x40c, 1)[0])).toBe("open");
  });

  it("is not reset without that permit, because its security byte can't be read", async () => {
    const twin = board({ flash: "zero", state: hung });
    const refused = { code: "flash-busy", message: expect.stringContaining("might lock the chip") };
    await expect(flashBoard(twin, image)).rejects.toMatchObject(refused);
  });
});
