import { describe, expect, it } from "vitest";
import { diagnoseLog } from "../../../../src/doctor/logs/diagnose-log.ts";
import { buildImage } from "../../../../src/image/build-image.ts";
import type { Image } from "../../../../src/image/image.ts";
import { program } from "../../image/identity/built.ts";

/** What a program for an nRF52 names: CLOCK, NVMC, P0, FICR, RTC1, TIMER0, UART, GPIOTE. */
const NRF = [0x4000_0000, 0x4001_e000, 0x5000_0000, 0x1000_0000, 0x4001_1000, 0x4000_8000, 0x4000_2000, 0x4000_6000];

const hex = (address: number, bytes: Uint8Array, format: Image["format"] = "hex"): Image =>
  buildImage({ format, segments: [{ name: "run", address, bytes }] });
const console = (...lines: readonly string[]) =>
  ["STM32CubeProgrammer v2.15.0", "Device name : STM32F407VG", ...lines].join("\n");
const FAILED = "Error: failed to download Segment[0]";
const chip = "STM32F407VG";

describe("an image beside a log", () => {
  const nordic = hex(0, program(0, 0x2001_0000, NRF));

  it("of another family than the log's chip is the cause wrong-image of a failure", () => {
    const { causes, imageChecks } = diagnoseLog(console(FAILED), { image: nordic });
    expect(causes[0]).toMatchObject({ id: "wrong-image", likelihood: "likely" });
    expect(causes[0].what).toBe("The image is for nRF51 or nRF52, and the log is about a STM32F407VG.");
    expect(imageChecks[0]).toMatchObject({ agrees: false, found: "it is for nRF51 or nRF52" });
  });

  it("of another family makes no failure of a log that shows a success", () => {
    const { verdict, causes, imageChecks } = diagnoseLog(console("Download verified successfully"), { image: nordic });
    expect({ verdict, id: causes[0].id }).toEqual({ verdict: "fine", id: "no-failure" });
    expect(imageChecks[0].agrees).toBe(false);
  });

  it("of the log's own family adds nothing", () => {
    const own = hex(0x0800_0000, program(0x0800_0000, 0x2001_0000));
    const bare = diagnoseLog(console(FAILED), { chip });
    const { causes, imageChecks } = diagnoseLog(console(FAILED), { chip, image: own });
    expect(causes).toEqual(bare.causes);
    expect(imageChecks).toEqual([]);
  });

  it("with bytes beyond the chip's flash is the cause outside-flash, with the place", () => {
    const { causes } = diagnoseLog(console(FAILED), { chip, image: hex(0x0810_0000, new Uint8Array(16)) });
    const cause = causes.find(({ id }) => id === "outside-flash");
    expect(cause?.what).toContain("0x08100000 to 0x0810000F");
  });

  it("without addresses is asked for its size only", () => {
    const outside = (length: number) =>
      diagnoseLog(console(FAILED), { chip, image: hex(0x4_0000_00, new Uint8Array(length), "raw") }).causes.some(
        ({ id }) => id === "outside-flash",
      );
    expect([outside(0x10_0000), outside(0x10_0001)]).toEqual([false, true]);
  });

  it("whose option bytes close the chip is evidence for a read protection", () => {
    const options = Uint8Array.of(0xef, 0xbb, 0x10, 0x44, 0xff, 0xff, 0xff, 0xff);
    const { causes, imageChecks } = diagnoseLog(console("Error: Data read failed"), {
      chip,
      image: hex(0x1fff_c000, options),
    });
    expect(causes[0].id).toBe("read-protected");
    expect(causes[0].for.map(({ text }) => text).join(" ")).toMatch(/The image's RDP at 0x1FFFC001 is 0xBB/);
    expect(imageChecks).toContainEqual(
      expect.objectContaining({ agrees: true, found: expect.stringContaining("0xBB") }),
    );
  });

  it("whose option bytes leave the chip open is none", () => {
    const open = Uint8Array.of(0xef, 0xaa, 0x10, 0x55, 0xff, 0xff, 0xff, 0xff);
    const { causes } = diagnoseLog(console("Error: Data read failed"), { chip, image: hex(0x1fff_c000, open) });
    expect(causes[0].for.map(({ text }) => text).join(" ")).not.toContain("RDP at");
  });
});

describe("a verify that differs in a chip's option bytes only", () => {
  const log = (address: string) =>
    `Open On-Chip Debugger 0.12.0\ndiff 0 address ${address}. Was 0xaa instead of 0xbb\n** Verify Failed **`;

  it("is field-byte-changed, in the words of the chip's own table", () => {
    const [first] = diagnoseLog(log("0x1fffc001"), { chip }).causes;
    expect(first).toMatchObject({ id: "field-byte-changed", likelihood: "likely" });
    expect(first.what).toContain("the chip's option bytes");
    expect(first.remedy.join(" ")).not.toContain("(allow security)");
  });

  it("elsewhere is not", () => {
    const ids = diagnoseLog(log("0x08000101"), { chip }).causes.map(({ id }) => id);
    expect(ids).not.toContain("field-byte-changed");
  });
});
