import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { equalBytes } from "../../../src/base/bytes.ts";
import { FAMILIES } from "../../../src/families/list.ts";
import { codeOf } from "../../../src/base/errors.ts";
import { switchWatchdogOff } from "../../../src/families/kinetis-ftfe/watchdog.ts";
import { effectiveImage } from "../../../src/protection/effective-image.ts";
import { verifyImage, type VerifyResult } from "../../../src/flash/verify.ts";
import { provenOnHalted } from "../../../src/session/halted-proof.ts";
import { readMemory } from "../../../src/session/read-memory.ts";
import type { Session } from "../../../src/session/session.ts";
import type { RegisterName } from "../../../src/cortex/core.ts";
import type { Image } from "../../../src/image/image.ts";
import { DWT_CTRL, DWT_CYCCNT } from "../../../src/registers/dwt.ts";
import { HFSR, ICSR } from "../../../src/registers/faults.ts";
import { CFSR, DEMCR, MPU_CTRL, SYST_CSR, VTOR } from "../../../src/registers/scs.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { example, onTarget, programmedBoard } from "../../support/board.ts";

const image = example("bootloader-open.raw.bin");
const [{ bytes: firmware }] = image.segments;
const changed: Image = {
  ...image,
  segments: [{ ...image.segments[0], bytes: firmware.map((byte, i) => (i === 0x8123 ? byte ^ 0x10 : byte)) }],
};

/** A board whose firmware has switched its watchdog off. */
async function runningBoard(): Promise<Twin> {
  const twin = await programmedBoard(image, { flash: "zero" });
  await onTarget(twin, (session) => session.reset("system", "run"));
  await twin.clock.sleep(100_000);
  return twin;
}

/** How many bytes of flash a piece of work reads. */
async function flashBytesRead(session: Session, work: () => Promise<unknown>): Promise<number> {
  const { memory } = session.core;
  const read = memory.read.bind(memory);
  let count = 0;
  memory.read = (address, length, width, io) => {
    if (address < 0x100000) count += length;
    return read(address, length, width, io);
  };
  await work();
  memory.read = read;
  return count;
}

async function compare(session: Session, wanted: Image): Promise<VerifyResult> {
  const effective = effectiveImage(wanted, session.chip, "refuse").image;
  const { memory } = await provenOnHalted(session, effective);
  return verifyImage(memory, wanted, [], () => {}, { banks: session.chip.banks });
}

const REGISTERS: readonly RegisterName[] = [
  ...Array.from({ length: 13 }, (_, i) => `R${i}` as RegisterName),
  ...(["MSP", "PSP", "LR", "PC", "XPSR", "CFBP", "FPSCR", "S0", "S31"] as const),
];
const SYST_RVR = { address: 0xe000e014 };
const SYST_CVR = { address: 0xe000e018 };
const SYSTEM = [CFSR, HFSR, DEMCR, VTOR, ICSR, SYST_CSR, SYST_CVR, DWT_CTRL, DWT_CYCCNT];
const RAM = { start: 0x1fff0000, length: 0x40000 };

/** All that firmware has beside its flash and its peripherals, what a fault of the routine would leave among it. */
async function stateOf({ core }: Session) {
  const registers = await core.readRegisters(REGISTERS);
  const ram = await core.memory.read(RAM.start, RAM.length, 32);
  const words = SYSTEM.map(({ address }) => ({ op: "read" as const, address, width: 32 as const }));
  const system = await core.memory.run(words);
  return {
    registers: [...registers],
    ram: createHash("sha256").update(ram).digest("hex"),
    system: [...system].map((word, i) => (SYSTEM[i] === ICSR ? word & 0xf7fff000 : word)),
  };
}

const put = ({ core: { memory } }: Session, { address }: { readonly address: number }, value: number) =>
  memory.run([{ op: "write", address, width: 32, value }]);

/** Breaks the ECC of some phrases, as program commands over programmed cells do. */
async function programTwice({ core, chip, clock }: Session, address: number): Promise<void> {
  const [bank] = chip.banks;
  const loader = FAMILIES["kinetis-ftfe"].loaders.direct({ core, chip, clock, bank });
  await loader.start();
  for (let i = 0; i < 8; i++) {
    const phrase = Uint8Array.from({ length: 8 }, (_, at) => (0x35 * (i + 1) * (at + 3)) & 0xff);
    await loader.program(bank, address + 8 * i, phrase).catch(() => {});
  }
  await loader.stop();
}

describe("comparing an image with a halted chip", () => {
  it("reads no flash where the chip holds the image, and leaves RAM and registers as they were", async () => {
    await onTarget(await runningBoard(), async (session) => {
      const before = await stateOf(session);
      let verdict = "";
      const read = await flashBytesRead(session, async () => ({ verdict } = await compare(session, image)));
      expect([verdict, read]).toEqual(["equal", 0]);
      expect(await stateOf(session)).toEqual(before);
    });
  });

  it.each([
    [
      "a thread on its own stack, unprivileged, with floating point state and a BASEPRI",
      async ({ core }: Session) => {
        const [top] = await core.readRegisters(["MSP"]);
        await core.writeRegisters({ PSP: top - 0x400, S0: 0x12345678, CFBP: 0x07004000 });
      },
    ],
    ["code with FAULTMASK set", async ({ core }: Session) => core.writeRegisters({ CFBP: 0x00010000 })],
    [
      "code with a tick every few microseconds and the cycle counter on",
      async (session: Session) => {
        await put(session, SYST_RVR, 0x400);
        await put(session, SYST_CVR, 0);
        await put(session, SYST_CSR, 7);
        await put(session, DEMCR, DEMCR.of({ TRCENA: 1 }));
        await put(session, DWT_CTRL, 1);
        await put(session, DWT_CYCCNT, 0x1234);
      },
    ],
  ])("leaves all RAM, all registers, ticks and counters of %s as they were", async (_, arrange) => {
    await onTarget(await runningBoard(), async (session) => {
      await arrange(session);
      const state = await stateOf(session);
      expect(await flashBytesRead(session, () => compare(session, image))).toBe(0);
      expect(await stateOf(session)).toEqual(state);
    });
  });

  it.each(["before", "in"])(
    "gives RAM and registers back where it is called off %s any batch of accesses",
    async (at) => {
      const twin = await runningBoard();
      for (let n = 1; n < 30; n += 4) {
        await onTarget(twin, async (session) => {
          const state = await stateOf(session);
          const abort = new AbortController();
          const { memory } = session.core;
          const run = memory.run.bind(memory);
          let count = 0;
          memory.run = (ops, io) => {
            count += 1;
            if (at === "before" && count === n) abort.abort();
            const done = run(ops, io);
            if (at === "in" && count === n) abort.abort();
            return done;
          };
          const ended = await provenOnHalted(session, image, { signal: abort.signal }).then(
            () => "ended",
            (error: unknown) => codeOf(error),
          );
          memory.run = run;
          // What gives back goes on to its end, and then nothing is left to be called off.
          if (n < 12 || !abort.signal.aborted) expect(ended).toBe(abort.signal.aborted ? "aborted" : "ended");
          expect(await session.core.state()).toBe("halted");
          expect(await stateOf(session)).toEqual(state);
        });
      }
    },
  );

  it("finds the same difference as reading, and reads its sector alone", async () => {
    await onTarget(await runningBoard(), async (session) => {
      let found: VerifyResult | undefined;
      const read = await flashBytesRead(session, async () => (found = await compare(session, changed)));
      const { memory } = session.core;
      expect(found).toEqual(await verifyImage(memory, changed, [], () => {}, { banks: session.chip.banks }));
      expect(found?.differences.map(({ address }) => address)).toEqual([0x8123]);
      expect(read).toBeLessThanOrEqual(0x1000 + 8);
    });
  });

  it("has proved an image of whole words, but none that ends within one, nor one of which a byte differs, nor any on a running core", async () => {
    await onTarget(await runningBoard(), async (session) => {
      const short = firmware.slice(0, firmware.length - 3);
      const odd = { ...image, segments: [{ ...image.segments[0], bytes: short }] };
      const of = async (wanted: Image) =>
        (await provenOnHalted(session, effectiveImage(wanted, session.chip, "refuse").image)).isProved;
      expect([await of(image), await of(odd), await of(changed)]).toEqual([true, false, false]);
      await session.core.resume();
      expect(await of(image)).toBe(false);
    });
  });

  it.each([
    ["runs", async (session: Session) => session.core.resume()],
    ["stands at the reset vector with its watchdog on", async (session: Session) => session.reset("system", "halt")],
    [
      "has an MPU that is on",
      async ({ core: { memory } }: Session) => {
        const run = memory.run.bind(memory);
        memory.run = async (ops, io) => {
          const words = await run(ops, io);
          const reads = ops.filter(({ op }) => op !== "write");
          return words.map((word, i) => (reads[i].address === MPU_CTRL.address ? 5 : word));
        };
      },
    ],
    [
      "has a DMA that may work",
      async ({ core }: Session) => {
        const [gates] = await core.memory.run([{ op: "read", address: 0x4004803c, width: 32 }]);
        await core.memory.run([{ op: "write", address: 0x4004803c, width: 32, value: gates | 2 }]);
      },
    ],
  ])("reads every byte where the core %s", async (_, before) => {
    await onTarget(await runningBoard(), async (session) => {
      await before(session);
      let verdict = "";
      const read = await flashBytesRead(session, async () => ({ verdict } = await compare(session, image)));
      expect(verdict).toBe("equal");
      expect(read).toBeGreaterThanOrEqual(firmware.length);
    });
  });

  it("reads every byte where the routine is interrupted by an NMI, which is pending again afterwards", async () => {
    await onTarget(await runningBoard(), async (session) => {
      await put(session, ICSR, ICSR.of({ NMIPENDSET: 1 }));
      const before = await stateOf(session);
      let verdict = "";
      const read = await flashBytesRead(session, async () => ({ verdict } = await compare(session, image)));
      expect(verdict).toBe("equal");
      expect(read).toBeGreaterThanOrEqual(firmware.length);
      expect(await stateOf(session)).toEqual(before);
      const [icsr] = await session.core.memory.run([{ op: "read", address: ICSR.address, width: 32 }]);
      expect(ICSR.field(icsr, "NMIPENDSET")).toBe(1);
    });
  });

  it("finds a phrase that can't be read, and the core is in no exception afterwards, nor is a fault noted", async () => {
    await onTarget(await runningBoard(), async (session) => {
      await programTwice(session, 0x8100);
      const { memory } = session.core;
      const banks = { banks: session.chip.banks };
      const byReading = await verifyImage(memory, image, [], () => {}, banks);
      expect(byReading.differences.some(({ actual }) => actual === undefined)).toBe(true);
      const before = await stateOf(session);
      expect(await compare(session, image)).toEqual(byReading);
      expect(await stateOf(session)).toEqual(before);
    });
  });
});

describe("switching the watchdog of a halted chip off", () => {
  it("leaves both stack pointers of a thread as they were", async () => {
    await onTarget(await runningBoard(), async (session) => {
      const { core, chip, clock } = session;
      const [top] = await core.readRegisters(["MSP"]);
      await core.writeRegisters({ PSP: top - 0x400, CFBP: 0x02000000 });
      const { registers, ram } = await stateOf(session);
      await switchWatchdogOff({ core, chip, clock }, {});
      expect(await stateOf(session)).toMatchObject({ registers, ram });
    });
  });
});

describe("reading flash of a halted chip", () => {
  const range = { start: 0x1000, length: 0x8000 };

  it("reads it once where checks on the chip prove it, else twice", async () => {
    await onTarget(await runningBoard(), async (session) => {
      const reading = await readMemory(session, range, { proveBy: "hash" });
      expect(reading).toMatchObject({ readings: 1, isProved: true });
      expect(equalBytes(reading.bytes, firmware.slice(0x1000, 0x9000))).toBe(true);
      expect(await readMemory(session, range)).toMatchObject({ readings: 2, isProved: false });
      expect(await readMemory(session, range, { proveBy: "hash", once: true })).toMatchObject({
        readings: 1,
        isProved: false,
      });
      expect(await readMemory(session, { start: 0x1001, length: 6 }, { proveBy: "hash" })).toMatchObject({
        readings: 2,
      });
    });
  });

  it.each([
    ["programmed", range.start],
    ["blank", 0x80000],
  ])("reads all of it again, twice, where a byte of %s flash came wrong on its way", async (_, start) => {
    await onTarget(await runningBoard(), async (session) => {
      const { memory } = session.core;
      const read = memory.read.bind(memory);
      let isSpoiled = false;
      memory.read = async (address, count, width, io) => {
        const bytes = await read(address, count, width, io);
        if (address !== start || isSpoiled) return bytes;
        isSpoiled = true;
        return bytes.map((byte, i) => (i === 0x777 ? byte ^ 1 : byte));
      };
      const { bytes, readings } = await readMemory(session, { ...range, start }, { proveBy: "hash" });
      expect(isSpoiled).toBe(true);
      expect(readings).toBe(2);
      const right = await read(start, range.length, 32);
      expect(equalBytes(bytes, right)).toBe(true);
    });
  });
});
