import { describe, expect, it } from "vitest";
import { MK24FN1M0xxx12 } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { FAMILIES } from "../../../src/families/list.ts";
import { LAYOUT, STEP } from "../../../src/families/kinetis-ftfe/queue-words.ts";
import type { OnProgress } from "../../../src/flash/progress.ts";
import { buildImage } from "../../../src/image/build-image.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import type { Session } from "../../../src/session/session.ts";
import { board, example, flashBoard, onTarget } from "../../support/board.ts";
import type { SoakedProbe } from "../../support/probes.ts";

const image = example("small.hex");

const holds = (twin: ReturnType<typeof board>): boolean =>
  image.segments.every(({ address, bytes }) => Buffer.from(twin.peekFlash(address, bytes.length)).equals(bytes));

describe("the loader in RAM", () => {
  it("programs without the debugger touching the flash controller", async () => {
    const twin = board({ forbidAhbToFtfe: true });
    expect((await flashBoard(twin, image)).verify.verdict).toBe("equal");
    expect(holds(twin)).toBe(true);
  });

  it("fails with loader-failed on a core that can't execute", async () => {
    const twin = board({ execute: false });
    await expect(flashBoard(twin, image)).rejects.toMatchObject({ code: "loader-failed" });
  });

  it("can be started again after it has ended, and erases another sector then", async () => {
    const twin = board({ flash: "zero" });
    await flashBoard(twin, image);
    await onTarget(twin, async ({ core, chip, clock }) => {
      await core.reset("system", "halt");
      const [bank] = chip.banks;
      const loader = FAMILIES["kinetis-ftfe"].loaders.ram({ core, chip, clock, bank });
      for (const address of [0x1000, 0x2000]) {
        await loader.start({ keepRam: address === 0x1000 });
        await loader.ensureBlank?.(bank, address, 0x1000, []);
        await loader.program(bank, address, new Uint8Array(0x400));
        await loader.ensureBlank?.(bank, address, 0x1000, []);
        await loader.settle();
        expect(loader.erasedByCheck?.()).toBeGreaterThanOrEqual(1);
        await loader.stop();
        expect(twin.peekFlash(address, 0x400).every((byte) => byte === 0xff)).toBe(true);
      }
    });
  });

  it("gives the work RAM back as it found it", async () => {
    const twin = board();
    const before = await ramAfter(twin);
    await flashBoard(twin, image);
    expect(await ramAfter(twin)).toEqual(before);
  });
});

describe("loader commands that run on while the next data come in", () => {
  it.each(["jlink-hs", "cmsis-dap-hs"] as const)(
    "take hardly longer than the flash itself behind %s",
    async (probe) => {
      const twin = await otherwiseFilled(probe);
      const { run, phases } = await flashBoard(twin, example("bootloader-open.raw.bin"));
      const [{ times }] = MK24FN1M0xxx12.banks;
      const least =
        run.sectorsErased * times.eraseSectorMs[0] + (run.bytesProgrammed / 16) * (times.burstUnitUs / 1_000);
      expect(run.sectorsErased).toBe(19);
      expect((phases.erase + phases.program) / least).toBeLessThan(1.15);
    },
  );

  it.each([2, 3, 7, 12])("have nothing done behind the one that failed (%i)", async (command) => {
    const twin = board({ faults: `mgstat@ftfe=${command}` });
    await expect(flashBoard(twin, example("bootloader-open.hex"))).rejects.toMatchObject({ code: "loader-failed" });
    expect(twin.flashCommands).toBe(command);
  });

  it("are waited for when the job is called off: no erase is left without the phrase that opens the chip", async () => {
    const twin = await otherwiseFilled("jlink");
    const stop = new AbortController();
    const onProgress: OnProgress = ({ phase, done, total }) => {
      if (phase === "erase" && done === total) stop.abort();
    };
    const job = {
      image: example("bootloader-open.hex"),
      policy: "refuse",
      keepRest: true,
      permits: [],
      onProgress,
    } as const;
    const flash = onTarget(twin, (session) => flashImage(session, job, { signal: stop.signal }));
    await expect(flash).rejects.toMatchObject({ code: "aborted" });
    expect(Buffer.from(twin.peekFlash(0x408, 8)).toString("hex")).toBe("ffffffff7affffff");
  });
});

describe("an erase that was posted before the job failed", () => {
  it("is waited for, with the phrase that opens the chip: an answer before it was misread", async () => {
    const twin = await otherwiseFilled("jlink");
    const flash = onTarget(twin, async (session) => {
      misreadStatusBehind(session, STEP.ERASE_SECTOR, 0);
      const job = { image: example("bootloader-open.hex"), policy: "refuse", keepRest: true, permits: [] } as const;
      return flashImage(session, job);
    });
    await expect(flash).rejects.toMatchObject({ code: "unsteady-read" });
    expect(twin.peekFlash(0, 4)).toEqual(new Uint8Array(4).fill(0xff));
    expect(Buffer.from(twin.peekFlash(0x408, 8)).toString("hex")).toBe("ffffffff7affffff");
  });
});

describe("the direct loader", () => {
  it("programs on a core that can't execute", async () => {
    const twin = board({ execute: false });
    expect((await flashBoard(twin, image, { loader: "direct" })).verify.verdict).toBe("equal");
    expect(holds(twin)).toBe(true);
  });

  it("can't program where only code on the chip reaches the flash controller", async () => {
    const twin = board({ forbidAhbToFtfe: true });
    await expect(flashBoard(twin, image, { loader: "direct" })).rejects.toMatchObject({ code: "memory-fault" });
  });
});

describe("both loaders", () => {
  it.each(["ram", "direct"] as const)("leave the same bytes in the flash (%s)", async (loader) => {
    const twin = board();
    await flashBoard(twin, example("bootloader-open.raw.bin"), { loader });
    await flashBoard(twin, image, { loader });
    const raw = example("bootloader-open.raw.bin").segments[0].bytes;
    expect(holds(twin)).toBe(true);
    expect(Buffer.from(twin.peekFlash(0x5000, raw.length - 0x5000)).equals(raw.subarray(0x5000))).toBe(true);
  });
});

async function ramAfter(twin: ReturnType<typeof board>): Promise<Uint8Array> {
  return onTarget(twin, (session) => session.core.memory.read(0x20000000, 0x4000, 32));
}

/** Every byte of the example another one, so that each sector has to be erased. */
async function otherwiseFilled(probe: SoakedProbe | "jlink-hs") {
  const twin = board({ probe });
  const [{ address, bytes }] = example("bootloader-open.raw.bin").segments;
  const other = Uint8Array.from(bytes, (byte, i) => (i >= 0x400 && i < 0x410 ? byte : byte ^ 0xff));
  await flashBoard(twin, buildImage({ format: "raw", segments: [{ name: "other", address, bytes: other }] }));
  return twin;
}

/** The status that comes in the round trip that writes a step for an address is not the loader's. */
function misreadStatusBehind({ chip, core: { memory } }: Session, command: number, address: number): void {
  const steps = chip.workRam[0].start + LAYOUT.steps;
  const run = memory.run.bind(memory);
  let misreads = 1;
  memory.run = async (ops, io) => {
    const isIt = ops.some((op, i) => {
      const next = ops[i + 1];
      const isCommand = op.op === "write" && op.address >= steps && (op.address - steps) % 48 === 0;
      return isCommand && op.value === command && next?.op === "write" && next.value === address;
    });
    const words = await run(ops, io);
    return isIt && misreads-- > 0 ? words.map((word, i) => (i === 1 ? word ^ 1 : word)) : words;
  };
}
