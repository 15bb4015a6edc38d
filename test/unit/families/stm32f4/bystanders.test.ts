import { describe, expect, it } from "vitest";
import type { MemoryOp } from "../../../../src/adi/memory.ts";
import { findChip } from "../../../../src/chips/list.ts";
import { bystanders } from "../../../../src/families/stm32f4/bystanders.ts";
import { IWDG_KR } from "../../../../src/families/stm32f4/registers-system.ts";
import { verifyImage } from "../../../../src/flash/verify.ts";
import { buildImage } from "../../../../src/image/build-image.ts";
import { provenOnHalted } from "../../../../src/session/halted-proof.ts";
import type { Session } from "../../../../src/session/session.ts";
import { onTarget, programmedBoard } from "../../../support/board.ts";

const chip = findChip("STM32F407xG");
const [{ start: FLASH }] = chip.banks;
const [RCC_AHB1ENR, RCC_APB1ENR, RCC_CSR, START] = [0x40023830, 0x40023840, 0x40023874, 0xcccc];
/** A stack, a reset vector behind it, and a branch to itself there. */
const FIRMWARE = new Uint8Array(0x1000).fill(0x5a);
new Uint32Array(FIRMWARE.buffer).set([0x20020000, FLASH + 0x9, 0xe7fee7fe]);
const image = buildImage({ format: "raw", segments: [{ name: "firmware", address: FLASH, bytes: FIRMWARE }] });

/** What is seen where only these registers hold something. */
const seen = (holds: { readonly [address: number]: number }) =>
  bystanders.in(Uint32Array.from(bystanders.looks.map(({ address }: MemoryOp) => holds[address] ?? 0)));

describe("what is at work beside the halted core of an STM32F4", () => {
  it("is nothing at the registers' reset values", () => {
    expect(seen({ [RCC_AHB1ENR]: 0x00100000, [RCC_CSR]: 0x0e000000 })).toEqual([]);
  });

  it.each([
    ["the independent watchdog's oscillator runs", RCC_CSR, 1 << 1, "watchdog"],
    ["the window watchdog is clocked", RCC_APB1ENR, 1 << 11, "watchdog"],
    ["DMA1 is clocked", RCC_AHB1ENR, 1 << 21, "bus-master"],
    ["DMA2 is clocked", RCC_AHB1ENR, 1 << 22, "bus-master"],
    ["DMA2D is clocked", RCC_AHB1ENR, 1 << 23, "bus-master"],
    ["the Ethernet MAC is clocked", RCC_AHB1ENR, 1 << 25, "bus-master"],
    ["USB OTG HS is clocked", RCC_AHB1ENR, 1 << 29, "bus-master"],
  ])("is found where %s", (_what, address, value, found) => {
    expect(seen({ [address]: value })).toEqual([found]);
  });

  it("is both where a watchdog and a bus master are", () => {
    expect(seen({ [RCC_CSR]: 2, [RCC_AHB1ENR]: 1 << 22 })).toEqual(["watchdog", "bus-master"]);
  });
});

/** How many bytes of flash are read when a halted chip is compared, and what firmware could find changed by it. */
async function compared(prepare: (session: Session) => Promise<unknown>) {
  const twin = await programmedBoard(image, { chip: chip.name, flash: "zero" });
  await onTarget(twin, (session) => session.reset("system", "run"));
  return onTarget(twin, async (session) => {
    await prepare(session);
    const { memory } = session.core;
    const stateOf = async () => [
      ...(await session.core.readRegisters(["R0", "R7", "MSP", "LR", "PC", "XPSR", "CFBP"])),
      Buffer.from(await memory.read(0x20000000, 0x4000, 32)).toString("base64"),
    ];
    const before = await stateOf();
    const read = memory.read.bind(memory);
    let count = 0;
    memory.read = (address, length, ...more) => {
      if (address >= FLASH && address < FLASH + FIRMWARE.length) count += length;
      return read(address, length, ...more);
    };
    const proven = await provenOnHalted(session, image);
    const { verdict } = await verifyImage(proven.memory, image, [], () => {}, { banks: chip.banks });
    memory.read = read;
    return { verdict, count, isSame: JSON.stringify(await stateOf()) === JSON.stringify(before) };
  });
}

describe("comparing an image with a halted STM32F4", () => {
  it("reads no flash where the chip holds the image, and leaves RAM and registers as they were", async () => {
    expect(await compared(async () => {})).toEqual({ verdict: "equal", count: 0, isSame: true });
  });

  it("reads the flash where the independent watchdog was started", async () => {
    const start = ({ core }: Session) =>
      core.memory.run([{ op: "write", address: IWDG_KR.address, width: 32, value: START }]);
    expect(await compared(start)).toEqual({ verdict: "equal", count: FIRMWARE.length, isSame: true });
  });
});
