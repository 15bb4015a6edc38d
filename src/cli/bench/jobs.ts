import type { Chip } from "../../chips/chip.ts";
import { runCommander } from "../../commander/run/run-commander.ts";
import type { CommanderHost } from "../../commander/host.ts";
import { verifyImage } from "../../flash/verify.ts";
import type { Image } from "../../image/image.ts";
import { imageSize } from "../../image/image-bytes.ts";
import { flashImage } from "../../session/flash-job.ts";
import { provenOnHalted } from "../../session/halted-proof.ts";
import { readMemory } from "../../session/read-memory.ts";
import type { EraseBy } from "../../flash/plan/grouped-erase.ts";
import { effectiveImage } from "../../protection/effective-image.ts";
import { BenchBoard, type Model } from "./bench-board.ts";
import { boundOf, wireMs } from "./bound.ts";
import { bankOf, type Content, imageOf } from "./content.ts";
import type { Traffic } from "./traffic.ts";

/** Where the time of a job goes, in milliseconds; a phase that the job has not is absent. */
export interface JobTimes {
  /** Connecting, and all until the first look at the flash. */
  readonly setup: number;
  readonly compare?: number;
  readonly erase?: number;
  readonly program?: number;
  readonly verify?: number;
  /** What a job can't be faster than. */
  readonly bound?: number;
}

/** What one job took by one probe model. */
export interface Measured extends JobTimes {
  readonly traffic: Traffic;
}

/** One job of the table. */
export interface BenchJob {
  /** Its letter: `b`. */
  readonly id: string;
  readonly what: string;
  readonly holds: Content;
  /** Whether it moves a whole bank, which costs seconds of this computer's time. */
  readonly isLong: boolean;
  /** Whether its total ends where the loader is ready; packets are those of the whole job. */
  readonly isSetupOnly?: boolean;
  readonly run: (on: Bench) => Promise<JobTimes>;
}

/** The board of a job, and what to do on it. */
interface Bench {
  readonly board: BenchBoard;
  readonly chip: Chip;
  readonly hz: number;
}

/** Flashes an image as `flash` does, and lets the chip run. */
async function flashed({ board, hz }: Bench, image: Image, eraseBy: EraseBy = "auto"): Promise<JobTimes> {
  return board.onTarget(async (session) => {
    const connected = board.traffic.sinceFirst();
    const { phases, plan } = await flashImage(session, {
      image,
      policy: "keep-open",
      keepRest: true,
      keepRam: false,
      verifyBy: "hash",
      permits: [],
      erase: eraseBy,
    });
    await session.reset("system", "run");
    const { setup, compare, erase, program, verify } = phases;
    return { setup: connected + setup, compare, erase, program, verify, bound: boundOf(plan, hz) };
  });
}

const flashing =
  (content: Content, eraseBy?: EraseBy): BenchJob["run"] =>
  (on) =>
    flashed(on, contentOf(on, content), eraseBy);

function contentOf({ chip }: Pick<Bench, "chip">, content: Content): Image {
  const image = imageOf(content, chip);
  if (!image) throw new RangeError("a blank chip is no image");
  return image;
}

/** Compares the firmware as `verify --connect halt` does. */
async function verified({ board, chip }: Bench): Promise<JobTimes> {
  return board.onTarget(async (session) => {
    const setup = board.traffic.sinceFirst();
    const image = contentOf({ chip }, "firmware");
    const { image: effective, changes } = effectiveImage(image, chip, "keep-open");
    const { memory } = await provenOnHalted(session, effective);
    await verifyImage(memory, image, changes, () => {}, { banks: chip.banks });
    return { setup, verify: board.traffic.sinceFirst() - setup };
  });
}

/** Reads the whole bank as `read --connect halt` does. */
async function readAll({ board, chip, hz }: Bench): Promise<JobTimes> {
  const { start } = bankOf(chip);
  const length = imageSize(contentOf({ chip }, "full"));
  return board.onTarget(async (session) => {
    const setup = board.traffic.sinceFirst();
    await readMemory(session, { start, length }, { proveBy: "hash" });
    return { setup, verify: board.traffic.sinceFirst() - setup, bound: wireMs(length, hz) };
  });
}

/** Runs the seed's script by the Commander: reset, halt, load, compare. */
async function scripted({ board, chip }: Bench): Promise<JobTimes> {
  const image = contentOf({ chip }, "firmware");
  const at = `0x${bankOf(chip).start.toString(16)}`;
  const script = ["ExitOnError 1", "r", "h", `loadfile "image.bin" ${at}`, `verifybin "image.bin" ${at}`, "q"];
  const files: Readonly<Record<string, Uint8Array>> = {
    script: new TextEncoder().encode(script.join("\n")),
    "image.bin": image.segments[0].bytes,
  };
  const host: CommanderHost = {
    openProbe: async () => {
      const probe = await board.openProbe();
      return { probe, clock: board.clock, close: () => probe.close() };
    },
    listProbes: async () => [],
    readFile: (path) => files[path] ?? new Uint8Array(),
    writeFile: () => {},
    out: () => {},
    note: () => {},
    clock: board.clock,
    isInteractive: false,
  };
  await runCommander({ device: chip.name, wire: "SWD", speed: "4000", script: "script" }, host);
  return { setup: 0 };
}

/** Connecting and all until the loader is ready: the beginning of job b. */
async function prepared(on: Bench): Promise<JobTimes> {
  const { setup } = await flashed(on, contentOf(on, "firmware"));
  return { setup };
}

/** The jobs, in the order of the table. */
export const JOBS: readonly BenchJob[] = [
  { id: "a", what: "until the loader is ready", holds: "otherwise", isLong: false, isSetupOnly: true, run: prepared },
  { id: "b", what: "every sector differs", holds: "otherwise", isLong: false, run: flashing("firmware") },
  { id: "c", what: "onto a chip as shipped", holds: "blank", isLong: false, run: flashing("firmware") },
  { id: "d", what: "unchanged", holds: "firmware", isLong: false, run: flashing("firmware") },
  { id: "e", what: "one sector differs", holds: "firmware", isLong: false, run: flashing("one-sector") },
  { id: "f", what: "a full bank", holds: "full-otherwise", isLong: true, run: flashing("full") },
  { id: "fc", what: "a full bank, chip erase", holds: "full-otherwise", isLong: true, run: flashing("full", "chip") },
  { id: "g", what: "verify, halted", holds: "firmware", isLong: false, run: verified },
  { id: "h", what: "read a full bank, halted", holds: "full-firmware", isLong: true, run: readAll },
  { id: "i", what: "the seed's script in the Commander", holds: "blank", isLong: false, run: scripted },
];

/** Does one job on a fresh board by one probe model. */
export async function measure(
  job: BenchJob,
  on: { readonly chip: Chip; readonly model: Model; readonly flash: "typ" | "max" | "zero"; readonly hz: number },
): Promise<Measured> {
  const board = await BenchBoard.make({ ...on, holds: job.holds });
  const times = await job.run({ board, chip: on.chip, hz: on.hz });
  const traffic = board.traffic.traffic();
  return { ...times, traffic: job.isSetupOnly ? { ...traffic, totalMs: times.setup } : traffic };
}
