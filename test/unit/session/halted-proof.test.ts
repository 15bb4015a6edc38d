import { describe, expect, it } from "vitest";
import { equalBytes } from "../../../src/base/bytes.ts";
import { FAMILIES } from "../../../src/families/list.ts";
import { effectiveImage } from "../../../src/protection/effective-image.ts";
import { verifyImage, type VerifyResult } from "../../../src/flash/verify.ts";
import { provenOnHalted } from "../../../src/session/halted-proof.ts";
import { readMemory } from "../../../src/session/read-memory.ts";
import type { Session } from "../../../src/session/session.ts";
import type { RegisterName } from "../../../src/cortex/core.ts";
import type { Image } from "../../../src/image/image.ts";
import { CFSR, DEMCR, HFSR, MPU_CTRL, VTOR } from "../../../src/registers/scs.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { board, example, flashBoard, onTarget } from "../../support/board.ts";

const image = example("bootloader-open.raw.bin");
const [{ bytes: firmware }] = image.segments;
const changed: Image = {
  ...image,
  segments: [{ ...image.segments[0], bytes: firmware.map((byte, i) => (i === 0x8123 ? byte ^ 0x10 : byte)) }],
};

/** A board whose firmware has switched its watchdog off. */
async function runningBoard(): Promise<Twin> {
  const twin = board({ flash: "zero" });
  await flashBoard(twin, image);
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
  const memory = await provenOnHalted(session, effective);
  return verifyImage(memory, wanted, [], () => {}, { banks: session.chip.banks });
}

const REGISTERS: readonly RegisterName[] = ["R0", "R1", "R4", "R12", "MSP", "PSP", "LR", "PC", "XPSR", "CFBP"];

/** Everything that the routine uses, and what a fault of it would leave. */
async function stateOf({ core, chip }: Session) {
  const registers = await core.readRegisters(REGISTERS);
  const ram = await core.memory.read(chip.workRam[0].start, 0x1000, 32);
  const words = [CFSR, HFSR, DEMCR, VTOR].map(({ address }) => ({ op: "read" as const, address, width: 32 as const }));
  return { registers: [...registers], ram: [...ram], system: [...(await core.memory.run(words))] };
}

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

  it.each([
    ["runs", async (session: Session) => session.core.resume()],
    ["stands at the reset vector with its watchdog on", async (session: Session) => session.reset("system", "halt")],
    [
      "has an MPU that is on",
      async ({ core: { memory } }: Session) => {
        const run = memory.run.bind(memory);
        memory.run = async (ops, io) =>
          "address" in ops[0] && ops[0].address === MPU_CTRL.address ? Uint32Array.of(5) : run(ops, io);
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

  it("reads all of it again, twice, where a byte came wrong on its way", async () => {
    await onTarget(await runningBoard(), async (session) => {
      const { memory } = session.core;
      const read = memory.read.bind(memory);
      let isSpoiled = false;
      memory.read = async (address, count, width, io) => {
        const bytes = await read(address, count, width, io);
        if (address !== range.start || isSpoiled) return bytes;
        isSpoiled = true;
        return bytes.map((byte, i) => (i === 0x777 ? byte ^ 1 : byte));
      };
      const { bytes, readings } = await readMemory(session, range, { proveBy: "hash" });
      expect(isSpoiled).toBe(true);
      expect(readings).toBe(2);
      expect(equalBytes(bytes, firmware.slice(0x1000, 0x9000))).toBe(true);
    });
  });
});
