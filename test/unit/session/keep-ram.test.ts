import { describe, expect, it } from "vitest";
import { equalBytes } from "../../../src/base/bytes.ts";
import { codeOf } from "../../../src/base/errors.ts";
import type { Chip } from "../../../src/chips/chip.ts";
import { familyOf } from "../../../src/families/list.ts";
import type { Image } from "../../../src/image/image.ts";
import { connect } from "../../../src/session/connect.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { board, chipOn, onTarget, probeOf } from "../../support/board.ts";

/** A sector of bytes in the second half of the bank. */
function imageFor({ banks: [bank] }: Chip): Image {
  const address = bank.start + bank.length / 2;
  return {
    format: "raw",
    segments: [{ name: "bytes", address, bytes: new Uint8Array(0x100).fill(0x5a) }],
    symbols: [],
  };
}

/** Work RAM and two registers before and after a job, on a halted chip; with `faults` it fails. */
async function aroundJob(name: string, keepRam: boolean | undefined, faults?: string) {
  const twin = board({ chip: name, flash: "zero", ...(faults === undefined ? {} : { faults }) });
  const chip = chipOn(twin);
  const [{ start }] = chip.workRam;
  const length = familyOf(chip)?.ramUsed ?? 0;
  return onTarget(twin, async (session) => {
    const { core } = session;
    await core.memory.write(start, new Uint8Array(length).fill(0xa5), 32);
    await core.writeRegisters({ R0: 0x11111111, R12: 0x22222222 });
    const look = async () => ({
      ram: await core.memory.read(start, length, 32),
      registers: await core.readRegisters(["R0", "R12"]),
    });
    const before = await look();
    const job = { image: imageFor(chip), policy: "refuse", keepRest: false, permits: [], reset: false } as const;
    const ended = await flashImage(session, { ...job, ...(keepRam === undefined ? {} : { keepRam }) }).then(
      ({ verify }) => verify.verdict,
      (error: unknown) => codeOf(error),
    );
    expect(ended).toBe(faults === undefined ? "equal" : "loader-failed");
    return { before, after: await look() };
  });
}

const CHIPS = ["MK24FN1M0xxx12", "STM32F407xG", "nRF52840_xxAA", "RP2040"];

describe("work RAM and registers after a flash job", () => {
  it.each(CHIPS)("are as before on a %s unless the job does not keep them", async (name) => {
    const { before, after } = await aroundJob(name, undefined);
    expect(equalBytes(after.ram, before.ram)).toBe(true);
    expect(after.registers).toEqual(before.registers);
  });

  it.each(CHIPS.slice(0, 2))("are as before on a %s where a flash command fails", async (name) => {
    const { before, after } = await aroundJob(name, undefined, "mgstat@flash=2");
    expect(equalBytes(after.ram, before.ram)).toBe(true);
    expect(after.registers).toEqual(before.registers);
  });

  it.each(CHIPS)("are not given back on a %s where the job does not keep them", async (name) => {
    const { before, after } = await aroundJob(name, false);
    expect(equalBytes(after.ram, before.ram)).toBe(false);
  });
});

describe("the ROM table of a chip that was named", () => {
  const componentsOf = async (components: boolean | undefined) => {
    const twin = board();
    const probe = await probeOf(twin);
    const options = { probe, clock: twin.clock, chip: chipOn(twin), hz: 4_000_000, how: "halt" } as const;
    const { found } = await connect({ ...options, ...(components === undefined ? {} : { components }) });
    await probe.close();
    return { parts: found.components.length, tookPs: twin.clock.now() };
  };

  it("is read where its parts are asked for, and else not", async () => {
    const [asked, usual] = [await componentsOf(true), await componentsOf(undefined)];
    expect(asked.parts).toBeGreaterThan(4);
    expect(usual.parts).toBe(0);
    expect(usual.tookPs).toBeLessThan(asked.tookPs);
  });
});
