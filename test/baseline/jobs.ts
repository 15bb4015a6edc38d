import { MK24FN1M0xxx12 } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { permit, permitsFor } from "../../src/flash/permit.ts";
import { Stopwatch } from "../../src/flash/stopwatch.ts";
import { verifyImage } from "../../src/flash/verify.ts";
import type { Image } from "../../src/image/image.ts";
import { eraseFlash, type EraseTarget } from "../../src/session/erase-job.ts";
import { planOnChip } from "../../src/session/flash-job.ts";
import { healthOf } from "../../src/session/health.ts";
import { readMemory } from "../../src/session/read-memory.ts";
import { writeMemory } from "../../src/session/write-memory.ts";
import { SOAKED_PROBES } from "../support/probes.ts";
import { example } from "../support/board.ts";
import { run as runScript, smallImage } from "../unit/commander/lab.ts";
import type { Bench, Setup } from "./bench.ts";

/** One job: what it starts from, what it does, and what it answers beside what is recorded. */
export interface Job {
  readonly name: string;
  readonly setup: Setup;
  readonly work: (bench: Bench) => Promise<unknown>;
}

const job = (name: string, setup: Setup, work: Job["work"]): Job => ({ name, setup, work });

const bytesAt = (address: number, bytes: Uint8Array): Image => ({
  format: "raw",
  segments: [{ name: "bytes", address, bytes }],
  symbols: [],
});

/** A pattern that no sector holds already. */
const pattern = (address: number, length: number): Image =>
  bytesAt(
    address,
    Uint8Array.from({ length }, (_, i) => (i * 7 + (i >>> 8)) & 0xff),
  );

const firmware = () => example("bootloader-open.hex");
const locking = () => example("bootloader.raw.bin");
const small = () => example("small.hex");

/** Every probe model flashes both onto a blank chip, and small files over other bytes. */
const probes: readonly Job[] = [...SOAKED_PROBES, "jlink-hs" as const].flatMap((probe) => [
  job(`flash a blank chip by ${probe}`, { board: { probe } }, (bench) => bench.flash({ image: small() })),
  job(`flash over other bytes by ${probe}`, { board: { probe }, holds: "otherwise" }, (bench) =>
    bench.flash({ image: pattern(0x3f00, 0x2300) }),
  ),
]);

const flashes: readonly Job[] = [
  job("flash the firmware over other bytes", { holds: "otherwise" }, (bench) => bench.flash({ image: firmware() })),
  job("flash the firmware over other bytes, compared by reading", { holds: "otherwise" }, (bench) =>
    bench.flash({ image: firmware(), verifyBy: "read" }),
  ),
  job("flash the firmware over other bytes by the direct loader", { holds: "otherwise" }, (bench) =>
    bench.flash({ image: firmware(), loader: "direct" }),
  ),
  job("flash what stands there already", { holds: "firmware" }, (bench) => bench.flash({ image: firmware() })),
  job("flash a locking image under keep-open", { holds: "otherwise" }, (bench) =>
    bench.flash({ image: locking(), policy: "keep-open" }),
  ),
  job("flash a locking image as it is", {}, (bench) =>
    bench.flash({ image: locking(), policy: "as-image", permits: permitsFor({ lock: true }) }),
  ),
  job("refuse a locking image", {}, (bench) => bench.flash({ image: locking() })),
  job("flash a small file and keep the rest", { holds: "firmware" }, (bench) =>
    bench.flash({ image: pattern(0x1100, 0x234) }),
  ),
  job("flash a small file and lose the rest", { holds: "firmware" }, (bench) =>
    bench.flash({ image: pattern(0x1100, 0x234), keepRest: false }),
  ),
  job("flash and keep two ranges", { holds: "firmware" }, (bench) =>
    bench.flash({
      image: pattern(0x0, 0x3000),
      policy: "keep-open",
      keep: [
        { start: 0x3f8, length: 0x20 },
        { start: 0x2ff0, length: 0x20 },
      ],
    }),
  ),
  job("flash without a reset or a verify", { holds: "firmware" }, (bench) =>
    bench.flash({ image: pattern(0x80000, 0x1800), reset: false, verify: false }),
  ),
  job("flash the sector of the field by the direct loader", { holds: "otherwise" }, (bench) =>
    bench.flash({ image: bytesAt(0x400, firmware().segments[0].bytes.subarray(0x400, 0x440)), loader: "direct" }),
  ),
  job(
    "flash after a power cut in the middle",
    { holds: "otherwise", board: { faults: "power-cut@ftfe=5:40" } },
    (bench) =>
      bench.flash({ image: pattern(0x2000, 0x3000) }).catch(() => bench.flash({ image: pattern(0x2000, 0x3000) })),
  ),
  job("flash with the slowest flash times", { board: { flash: "max" }, holds: "otherwise" }, (bench) =>
    bench.flash({ image: pattern(0xff000, 0x1000) }),
  ),
  job("plan on a chip that runs", { holds: "firmware", how: "attach" }, (bench) =>
    bench.onTarget(async (session) => {
      const wanted = { image: pattern(0x1100, 0x234), policy: "refuse", keepRest: true } as const;
      bench.planned(await planOnChip(session, wanted, new Stopwatch(session.clock)));
    }),
  ),
];

const erases: readonly Job[] = (
  [
    ["erase everything", { what: "chip" }, {}],
    ["erase everything but a range", { what: "chip" }, { keep: [{ start: 0x1004, length: 0x10 }] }],
    ["erase sectors", { what: "sectors", start: 0x0, length: 0x2800 }, {}],
    ["erase a range and keep the rest", { what: "range", start: 0x3f0, length: 0xd20 }, {}],
  ] as readonly (readonly [string, EraseTarget, object])[]
).map(([name, target, options]) =>
  job(name, { holds: "firmware" }, (bench) =>
    bench.onTarget(async (session) => {
      const { plan, run } = await eraseFlash(session, target, { onProgress: bench.onProgress, ...options });
      bench.planned(plan);
      return run;
    }),
  ),
);

const { banks } = MK24FN1M0xxx12;

const looks: readonly Job[] = [
  job("verify what is equal", { holds: "firmware", how: "attach" }, (bench) =>
    bench.onTarget(({ core }) => verifyImage(core.memory, firmware(), [], () => {}, { banks })),
  ),
  job("verify what differs", { holds: "otherwise", how: "attach" }, (bench) =>
    bench.onTarget(async ({ core }) => {
      const { verdict, differences } = await verifyImage(core.memory, small(), [], () => {}, { banks });
      return { verdict, differences: differences.length };
    }),
  ),
  job("read flash and RAM", { holds: "firmware" }, (bench) =>
    bench.onTarget(async (session) => {
      const flash = await readMemory(session, { start: 0x800, length: 0x4321 });
      const ram = await readMemory(session, { start: 0x1fffff00, length: 0x200 });
      return [flash.bytes.length, flash.readings, ram.bytes.length, ram.readings];
    }),
  ),
  job("write RAM, reset, run, look at the health", { holds: "firmware" }, (bench) =>
    bench.onTarget(async (session) => {
      const write = { address: 0x20000100, bytes: Uint8Array.of(1, 2, 3, 4), width: 32 } as const;
      await writeMemory(session, write, []);
      await session.reset("system", "halt");
      await session.reset("system", "run");
      return healthOf(session);
    }),
  ),
  job("connect under reset", { holds: "firmware", how: "under-reset" }, (bench) =>
    bench.onTarget(({ core }) => core.readRegisters(["PC", "SP"])),
  ),
];

const locks: readonly Job[] = [
  job("connect to a locked chip and leave it", { board: { locked: true } }, (bench) =>
    bench.onTarget(async ({ found }) => [found.lock?.locked, found.core === undefined]),
  ),
  ...(["jlink", "cmsis-dap-hs"] as const).map((probe) =>
    job(`open a locked chip and flash it by ${probe}`, { board: { locked: true, probe }, unlock: true }, (bench) =>
      bench.flash({ image: small(), permits: [permit("mass-erase")] }),
    ),
  ),
  job("unlock a chip that is open", { holds: "firmware" }, (bench) =>
    bench.onTarget((session) => session.unlock([permit("mass-erase")])),
  ),
];

const script = (name: string, setup: Setup, lines: readonly string[], stored?: "unsecure" | "leave"): Job =>
  job(`commander: ${name}`, setup, async (bench) => {
    const files = {
      "app.bin": smallImage(),
      "lock.bin": smallImage({ 0x40c: 0x64 }),
      "small.hex": new TextEncoder().encode(SMALL_HEX),
    };
    const { exit, answers } = await runScript(lines, { twin: bench.twin, files, ...(stored ? { stored } : {}) });
    return [exit, answers.length];
  });

/** Two records, 32 bytes at 0x8010. */
const SMALL_HEX = `:10801000000102030405060708090A0B0C0D0E0FE8
:10802000101112131415161718191A1B1C1D1E1FD8
:00000001FF
`;

const scripts: readonly Job[] = [
  script("load, verify, save", {}, [
    "r",
    "loadbin app.bin, 0x0",
    "verifybin app.bin, 0x0",
    "loadfile small.hex",
    "savebin out.bin, 0x8000, 0x100",
    "g",
    "q",
  ]),
  script("refuse a bricking file", {}, ["loadbin lock.bin, 0x0", "mem8 400, 10", "q"]),
  script("erase a range, then all", { holds: "firmware" }, ["erase 1000, 3000", "mem32 FF8, 4", "erase", "q"]),
  script("memory, registers, steps, breakpoints", { holds: "firmware" }, [
    "r",
    "regs",
    "mem32 0, 10",
    "w4 20000000, 12345678",
    "mem8 20000000, 4",
    "s",
    "setbp 0x412",
    "g",
    "sleep 5",
    "h",
    "q",
  ]),
  script("open a locked chip", { board: { locked: true } }, ["connect", "mem32 0, 2", "q"], "unsecure"),
  script("unlock Kinetis", { board: { locked: true } }, ["unlock Kinetis", "q"], "leave"),
];

/** Every job of the baseline. */
export const JOBS: readonly Job[] = [...probes, ...flashes, ...erases, ...looks, ...locks, ...scripts];
