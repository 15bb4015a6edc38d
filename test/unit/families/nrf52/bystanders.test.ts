import { describe, expect, it } from "vitest";
import { findChip } from "../../../../src/chips/list.ts";
import { bystanders } from "../../../../src/families/nrf52/bystanders.ts";
import { verifyImage } from "../../../../src/flash/verify.ts";
import { buildImage } from "../../../../src/image/build-image.ts";
import { provenOnHalted } from "../../../../src/session/halted-proof.ts";
import type { Session } from "../../../../src/session/session.ts";
import { board, onTarget, programmedBoard } from "../../../support/board.ts";

const chip = findChip("nRF52840_xxAA");
const RAM = 0x20000000;
const [WDT_START, WDT_RUNSTATUS, UARTE0_ENABLE, RADIO_STATE] = [0x40010000, 0x40010400, 0x40002500, 0x40001550];
/** A stack, a reset vector behind it, and a branch to itself there. */
const FIRMWARE = new Uint8Array(0x1000).fill(0x5a);
new Uint32Array(FIRMWARE.buffer).set([RAM + 0x10000, 0x9, 0xe7fee7fe]);
const image = buildImage({ format: "raw", segments: [{ name: "firmware", address: 0, bytes: FIRMWARE }] });

/** What is seen where only these registers hold something. */
const seen = (holds: { readonly [address: number]: number }) =>
  bystanders.in(Uint32Array.from(bystanders.looks.map(({ address }) => holds[address] ?? 0)));

describe("what is at work beside the halted core of an nRF52", () => {
  it("is nothing where all is off", () => {
    expect(seen({})).toEqual([]);
  });

  it.each([
    ["the watchdog runs", WDT_RUNSTATUS, 1, "watchdog"],
    ["UARTE0 is on", UARTE0_ENABLE, 8, "bus-master"],
    ["the ADC is on", 0x40007500, 1, "bus-master"],
    ["USB is on", 0x40027500, 1, "bus-master"],
    ["the RADIO is in a state of its own", RADIO_STATE, 3, "bus-master"],
    ["the NFC tag is in a state of its own", 0x40005410, 3, "bus-master"],
  ])("is found where %s", (_what, address, value, found) => {
    expect(seen({ [address]: value })).toEqual([found]);
  });

  it("can be looked at in every peripheral, on a twin that has not all of them", async () => {
    const looked = await onTarget(board({ chip: chip.name }), ({ core }) => core.memory.run(bystanders.looks));
    expect(bystanders.in(looked)).toEqual([]);
  });
});

/** How many bytes of flash are read when a halted chip is compared, and whether firmware would find anything changed. */
async function compared(prepare: (session: Session) => Promise<unknown>) {
  const twin = await programmedBoard(image, { chip: chip.name, flash: "zero" });
  await onTarget(twin, (session) => session.reset("system", "run"));
  return onTarget(twin, async (session) => {
    await prepare(session);
    const { memory } = session.core;
    const stateOf = async () => [
      ...(await session.core.readRegisters(["R0", "R7", "MSP", "LR", "PC", "XPSR", "CFBP"])),
      Buffer.from(await memory.read(RAM, 0x4000, 32)).toString("base64"),
    ];
    const before = await stateOf();
    const read = memory.read.bind(memory);
    let count = 0;
    memory.read = (address, length, ...more) => {
      if (address < FIRMWARE.length) count += length;
      return read(address, length, ...more);
    };
    const proven = await provenOnHalted(session, image);
    const { verdict } = await verifyImage(proven.memory, image, [], () => {}, { banks: chip.banks });
    memory.read = read;
    return { verdict, count, isSame: JSON.stringify(await stateOf()) === JSON.stringify(before) };
  });
}

const put = (address: number, value: number) => (session: Session) =>
  session.core.memory.run([{ op: "write", address, width: 32, value }]);

describe("comparing an image with a halted nRF52", () => {
  it("reads no flash where the chip holds the image, and leaves RAM and registers as they were", async () => {
    expect(await compared(async () => {})).toEqual({ verdict: "equal", count: 0, isSame: true });
  });

  it.each([
    ["the watchdog was started", put(WDT_START, 1)],
    ["UARTE0 is on", put(UARTE0_ENABLE, 8)],
  ])("reads the flash where %s", async (_what, prepare) => {
    expect(await compared(prepare)).toEqual({ verdict: "equal", count: FIRMWARE.length, isSame: true });
  });

  it("reads the flash where a look at a peripheral is refused", async () => {
    const refuse = async ({ core: { memory } }: Session) => {
      const run = memory.run.bind(memory);
      memory.run = (ops, io) =>
        run(
          ops.map((op) => (op.address === RADIO_STATE ? { ...op, address: 0x40001000 } : op)),
          io,
        );
    };
    expect(await compared(refuse)).toEqual({ verdict: "equal", count: FIRMWARE.length, isSame: true });
  });
});
