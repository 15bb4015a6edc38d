import fc from "fast-check";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { codeOf, FlashproofError } from "../../../src/base/errors.ts";
import { permit, type Permit } from "../../../src/flash/permit.ts";
import { verifyImage } from "../../../src/flash/verify.ts";
import { buildImage } from "../../../src/image/build-image.ts";
import type { Image } from "../../../src/image/image.ts";
import type { Policy } from "../../../src/protection/effective-image.ts";
import { connect } from "../../../src/session/connect.ts";
import { eraseFlash } from "../../../src/session/erase-job.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { readMemory } from "../../../src/session/read-memory.ts";
import type { Session } from "../../../src/session/session.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { Chance } from "../../support/chance.ts";
import { probeOf } from "../../support/board.ts";
import { hostProcess } from "./host-process.ts";
import {
  type Allowed,
  type BoardModel,
  type Change,
  CONFIGURATION_FIELD,
  eraseSectors,
  FLASH,
  FSEC,
  program,
  SECTOR,
  sectorsIn,
  sectorsOf,
} from "./board-model.ts";

/** The board that the commands work on, and what each command has come to. */
export interface Bench {
  readonly twin: Twin;
  readonly ends: Map<string, number>;
}

/**
 * What goes wrong in a command, at the n-th report of progress: SIGINT or SIGTERM calls the job off, SIGKILL leaves no time to
 * clean up, the plug is pulled, the power goes.
 */
interface Trouble {
  readonly what: "none" | "signal" | "kill" | "replug" | "power-cut";
  readonly at: number;
}

type How = "halt" | "under-reset" | "attach";

/** One command: what it does on a session, what it may do, and what its success means. */
interface Step {
  readonly name: string;
  readonly how: How;
  readonly unlock: boolean;
  readonly trouble: Trouble;
  readonly allowed: Allowed;
  /** What it does to the flash when it comes to its end; called off, it has done that sector by sector, or nothing. */
  readonly change?: Change;
  /** Throws what the product throws; answers the change that success means. */
  readonly work: (session: Session, io: StepIo) => Promise<Change>;
}

interface StepIo {
  readonly signal: AbortSignal;
  readonly onProgress: () => void;
  readonly model: BoardModel;
}

/** A step as fast-check runs it; throws with every contradiction to the model. */
class Command implements fc.AsyncCommand<BoardModel, Bench> {
  private readonly step: Step;

  constructor(step: Step) {
    this.step = step;
  }

  check = (): boolean => true;
  toString = (): string => this.step.name;

  async run(model: BoardModel, { twin, ends }: Bench): Promise<void> {
    const { step } = this;
    const allowed = allowedWith(step, model);
    const ended = await attempt(step, twin, model);
    const flash = twin.peekFlash(0, FLASH);
    const contradictions =
      "change" in ended
        ? model.afterSuccess(flash, ended.change, allowed)
        : model.afterFailure(flash, allowed, step.trouble.what === "signal" ? step.change : undefined);
    const code = "change" in ended ? "success" : (codeOf(ended.error) ?? "untyped");
    ends.set(code, (ends.get(code) ?? 0) + 1);
    const untyped = "error" in ended && !(ended.error instanceof FlashproofError) ? [String(ended.error)] : [];
    const wrong = [...contradictions, ...untyped];
    if (wrong.length > 0) throw new Error(`${step.name} (${code}): ${wrong.join("; ")}`);
  }
}

/**
 * A power cut in the sector with the security byte may lock the chip, and so may an end without clean-up in the middle of it;
 * a job that is called off brings the sector to its end.
 */
function allowedWith({ allowed, unlock, trouble }: Step, model: BoardModel): Allowed {
  const isCut = trouble.what !== "none" && trouble.what !== "signal";
  const massErase = allowed.massErase || (unlock && model.isLocked);
  return { ...allowed, massErase, lock: allowed.lock || (isCut && (massErase || allowed.sectors.includes(0))) };
}

async function attempt(step: Step, twin: Twin, model: BoardModel): Promise<{ change: Change } | { error: unknown }> {
  const stop = new AbortController();
  const process = hostProcess(twin.device);
  let events = 0;
  const onProgress = () => {
    if (events++ !== step.trouble.at) return;
    if (step.trouble.what === "signal") stop.abort("interrupted");
    if (step.trouble.what === "kill") process.kill();
    if (step.trouble.what === "replug") twin.replug();
    if (step.trouble.what === "power-cut") twin.powerCut();
  };
  try {
    const probe = await probeOf({ ...twin, device: process.device });
    try {
      const onLocked = async () => (step.unlock ? ("unlock" as const) : ("leave" as const));
      const session = await connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: step.how, onLocked });
      return { change: await step.work(session, { signal: stop.signal, onProgress, model }) };
    } finally {
      await probe.close().catch(() => {});
    }
  } catch (error) {
    return { error };
  } finally {
    await process.end();
    // A cut lasts ten milliseconds: the next command finds the power back.
    await twin.clock.sleep(20_000);
  }
}

const UNCHANGED: Change = () => {};
const NOTHING: Allowed = { sectors: [], lock: false, massErase: false };

/** Sectors that the commands work on: the first one, others of its block, one of the second block, the last. */
const SECTORS = [0, SECTOR, 2 * SECTOR, 0x80000, FLASH - SECTOR];
const FSECS = [0xfe, 0xfe, 0xff, 0x7e, 0x7b, 0xbe];

/** An image of a few sectors by seed; one that has the first sector has a configuration field, or none of it. */
const images: fc.Arbitrary<Image> = fc
  .record({
    seed: fc.nat(0xffff),
    sectors: fc.uniqueArray(fc.constantFrom(...SECTORS), { minLength: 1, maxLength: 3 }),
    length: fc.constantFrom(8, 0x404, 0x410, 0x800, SECTOR),
    fsec: fc.constantFrom(...FSECS),
  })
  .map(({ seed, sectors, length, fsec }) => {
    const chance = new Chance(seed + 1);
    const segments = sectors.map((address) => {
      const bytes = chance.bytes(length);
      if (address === 0) withField(bytes, fsec);
      return { name: "random", address, bytes };
    });
    return buildImage({ format: "raw", segments });
  });

/** WFI, and a branch back to it. */
const SLEEP = [0x30, 0xbf, 0xfd, 0xe7];

/** Vectors of a core that can start, and a configuration field with this security byte. */
function withField(bytes: Uint8Array, fsec: number): void {
  bytes.set([0x00, 0x10, 0x00, 0x20, 0x11, 0x04, 0x00, 0x00]);
  const { start, length } = CONFIGURATION_FIELD;
  bytes.fill(0xff, start, start + length);
  if (bytes.length > FSEC) bytes[FSEC] = fsec;
  if (bytes.length > 0x410) bytes.set(SLEEP, 0x410);
}

const troubles: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ what: "none", at: 0 } as const) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constantFrom("signal", "kill", "replug", "power-cut"),
      at: fc.nat(12),
    }) as fc.Arbitrary<Trouble>,
  },
);
const hows = fc.constantFrom<How>("halt", "halt", "under-reset", "attach");
const consents = fc.record({ lock: fc.boolean(), massErase: fc.boolean() });
const permitsOf = ({ lock, massErase }: { lock: boolean; massErase: boolean }): readonly Permit[] => [
  ...(lock ? [permit("lock")] : []),
  ...(massErase ? [permit("mass-erase")] : []),
];

const words = ({ what, at }: Trouble) => (what === "none" ? "" : `, ${what} at ${at}`);

const flash = fc
  .record({
    image: images,
    policy: fc.constantFrom<Policy>("refuse", "keep-open", "as-image"),
    keepRest: fc.boolean(),
    consents,
    how: hows,
    unlock: fc.boolean(),
    trouble: troubles,
  })
  .map(({ image, policy, keepRest, consents: given, how, unlock, trouble }): Step => {
    const sectors = sectorsOf(image);
    const permits = permitsOf(given);
    const change = program(image, { keepRest, keepOpen: policy === "keep-open" });
    return {
      name: `flash ${sectors.map((at) => at.toString(16))} FSEC ${fsecOf(image)} ${policy} ${JSON.stringify({ keepRest, ...given, how, unlock })}${words(trouble)}`,
      how,
      unlock,
      trouble,
      allowed: { sectors, lock: policy === "as-image" && given.lock, massErase: given.massErase },
      change,
      work: async (session, { signal, onProgress }) => {
        const report = await flashImage(session, { image, policy, keepRest, permits, onProgress }, { signal });
        const { verdict } = report.verify;
        if (verdict === "different") throw new Different("verify-differs", "The verify found a difference");
        return change;
      },
    };
  });

class Different extends FlashproofError {}

const fsecOf = (image: Image) => {
  const first = image.segments.find(({ address, bytes }) => address === 0 && bytes.length > FSEC);
  return first ? first.bytes[FSEC].toString(16) : "none";
};

const erase = fc
  .record({ at: fc.option(fc.constantFrom(...SECTORS)), consents, how: hows, unlock: fc.boolean(), trouble: troubles })
  .map(({ at, consents: given, how, unlock, trouble }): Step => {
    const sectors = at === null ? sectorsIn(0, FLASH) : [at];
    const target =
      at === null ? ({ what: "chip" } as const) : ({ what: "sectors", start: at, length: SECTOR } as const);
    return {
      name: `erase ${at === null ? "chip" : at.toString(16)} ${JSON.stringify({ ...given, how, unlock })}${words(trouble)}`,
      how,
      unlock,
      trouble,
      allowed: { sectors, lock: false, massErase: given.massErase && at === null },
      change: eraseSectors(sectors),
      work: async (session, { signal, onProgress }) => {
        await eraseFlash(session, target, { permits: permitsOf(given), onProgress }, { signal });
        return eraseSectors(sectors);
      },
    };
  });

const verify = fc.record({ image: images, how: hows, trouble: troubles }).map(
  ({ image, how, trouble }): Step => ({
    name: `verify ${sectorsOf(image).map((at) => at.toString(16))} ${how}${words(trouble)}`,
    how,
    unlock: false,
    trouble,
    allowed: NOTHING,
    work: async (session, { signal, onProgress, model }) => {
      const { verdict } = await verifyImage(session.core.memory, image, [], onProgress, {
        signal,
        banks: chip.banks,
      });
      if ((verdict === "equal") !== model.holds(image)) throw new Error(`the verdict is ${verdict}`);
      return UNCHANGED;
    },
  }),
);

const read = fc.record({ at: fc.constantFrom(...SECTORS), how: hows, trouble: troubles }).map(
  ({ at, how, trouble }): Step => ({
    name: `read ${at.toString(16)} ${how}${words(trouble)}`,
    how,
    unlock: false,
    trouble,
    allowed: NOTHING,
    work: async (session, { signal, onProgress, model }) => {
      const { bytes } = await readMemory(session, { start: at, length: SECTOR }, { signal, onProgress });
      if (Buffer.compare(bytes, model.bytes(at, SECTOR)) !== 0) throw new Error("other bytes than the chip holds");
      return UNCHANGED;
    },
  }),
);

const reset = fc
  .record({ kind: fc.constantFrom("system", "core", "pin"), ends: fc.constantFrom("run", "halt"), how: hows })
  .map(
    ({ kind, ends, how }): Step => ({
      name: `reset ${kind} ${ends} ${how}`,
      how,
      unlock: false,
      trouble: { what: "none", at: 0 },
      allowed: NOTHING,
      work: async (session) => {
        await session.reset(kind as "system", ends as "run");
        return UNCHANGED;
      },
    }),
  );

const unlock = fc.record({ massErase: fc.boolean(), how: hows }).map(
  ({ massErase, how }): Step => ({
    name: `unlock ${massErase} ${how}`,
    how,
    unlock: false,
    trouble: { what: "none", at: 0 },
    allowed: { ...NOTHING, massErase },
    work: async (session) => {
      await session.unlock(massErase ? [permit("mass-erase")] : []);
      return eraseSectors(sectorsIn(0, FLASH));
    },
  }),
);

/** Power goes, or the plug is pulled and put in again, between two commands. */
const outside = fc.constantFrom("power-cut", "replug").map(
  (what): fc.AsyncCommand<BoardModel, Bench> => ({
    check: () => true,
    toString: () => what,
    run: async (model, { twin }) => {
      if (what === "replug") twin.replug();
      else twin.powerCut();
      await twin.clock.sleep(20_000);
      const wrong = model.afterFailure(twin.peekFlash(0, FLASH), NOTHING);
      if (wrong.length > 0) throw new Error(`${what}: ${wrong.join("; ")}`);
    },
  }),
);

const steps = [flash, flash, flash, erase, verify, read, reset, unlock];

/** Every command that a sequence may have. */
export const COMMANDS: fc.Arbitrary<fc.AsyncCommand<BoardModel, Bench>>[] = [
  ...steps.map((step) => step.map((each) => new Command(each))),
  outside,
];
