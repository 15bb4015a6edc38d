import { describe, expect, it } from "vitest";
import type { FactKind } from "../../../../../src/doctor/logs/forms/line-form.ts";
import { causesOf, diagnosisOf, type Line } from "../log-of.ts";

const KINETIS = { chip: "MK24FN1M0XXX12" };
const KE0 = { chip: "S9KEAZ128" };
const STM32 = { chip: "STM32F407VG" };
const NRF = { chip: "nRF52840_xxAA" };

const at = (kind: FactKind, address?: string): Line => ({ kind, values: address ? { address } : {} });
const find = (id: string, ...args: Parameters<typeof diagnosisOf>) =>
  diagnosisOf(...args).causes.find((cause) => cause.id === id);
const idsOf = (...args: Parameters<typeof diagnosisOf>) => diagnosisOf(...args).causes.map(({ id }) => id as string);

describe("bytes that a tool leaves out", () => {
  it.each([
    ["0x1FFFFFFF", {}, "outside-flash"],
    ["0x20000000", {}, "ram-image"],
    ["0x3FFFFFFF", {}, "ram-image"],
    ["0x40000000", {}, "outside-flash"],
    ["0x1FFEFFFF", KINETIS, "outside-flash"],
    ["0x1FFF0000", KINETIS, "ram-image"],
    ["0x1FFFFFFF", KINETIS, "ram-image"],
    ["0x1FFF0000", NRF, "outside-flash"],
  ])("at %s, with %j: %s", (address, options, id) => {
    const { causes } = diagnosisOf([at("outside-flash", address)], {}, options);
    expect(causes.map((cause) => `${cause.likelihood} ${cause.id}`)).toEqual([`certain ${id}`]);
    expect(causes[0].what).toContain(address);
    expect(causes[0].for[0].text).toContain(address);
  });

  it.each([
    ["0x1FFF0000", STM32, "option bytes"],
    ["0x1FFFFFFF", STM32, "option bytes"],
    ["0x1FFEFFFF", STM32, undefined],
    ["0x10000000", NRF, "UICR"],
    ["0x10001FFF", NRF, "UICR"],
    ["0x10002000", NRF, undefined],
    ["0x0FFFFFFF", NRF, undefined],
    ["0x10001000", { chip: "nRF51822_xxAA" }, "UICR"],
    ["0x00FF8000", { chip: "nRF54L15" }, "UICR"],
    ["0x00FF9000", { chip: "nRF54L15" }, undefined],
    ["0x00804000", { chip: "ATSAMD21G18" }, "user row"],
    ["0x00806100", { chip: "ATSAMD21G18" }, undefined],
    ["0x10001000", STM32, undefined],
  ])("at %s, with %j, are in %s", (address, options, name) => {
    const [{ what, remedy }] = diagnosisOf([at("outside-flash", address)], {}, options).causes;
    if (name === undefined) expect(what).toMatch(/where the tool knows no flash of this chip\.$/);
    else expect(what).toContain(name);
    expect(remedy.some((line) => line.startsWith(`Leave ${address} out`))).toBe(name !== undefined);
  });

  it("are where the first line with an address has them, and somewhere without one", () => {
    const [named] = diagnosisOf(["outside-flash", at("outside-flash", "0x60000400")]).causes;
    expect(named.what).toContain("0x60000400");
    expect(diagnosisOf(["outside-flash"]).causes[0].what).toContain("at a place,");
  });

  it("are the cause with a programming of 0 bytes, which is quoted, and less so after a success", () => {
    const programmed = (bytes: string): Line => ({ kind: "programmed", values: { bytes } });
    const nothing = find("outside-flash", [at("outside-flash", "0x60000400"), programmed("0")]);
    expect(nothing).toMatchObject({ likelihood: "certain", for: [{ line: 1 }, { line: 2 }] });
    const some = find("outside-flash", [at("outside-flash", "0x60000400"), programmed("4096")]);
    expect(some).toMatchObject({ likelihood: "likely", for: [{ line: 1 }] });
  });
});

describe("an address behind the chip's flash, where the tool states only a failure", () => {
  const load = (address: string): Line => ({ kind: "command", values: { command: `loadbin app.bin ${address}` } });

  it.each([
    ["0xFFFFF", false],
    ["0x100000", true],
    ["0x1FFFFFFF", false],
    ["0x20000000", false],
    ["0x40000000", true],
  ])("in an erase at %s: outside %s", (address, isOutside) =>
    expect(causesOf([at("erase-failed", address)], {}, KINETIS).includes("likely outside-flash")).toBe(isOutside),
  );

  it.each([
    ["in the command before the write", [load("0x100000"), "write-failed"], true],
    ["in a command without 0x", [load("100000"), "write-failed"], true],
    ["in the command behind the write", ["write-failed", load("0x100000")], false],
    ["in an earlier command only", [load("0x100000"), load("0x1000"), "write-failed"], false],
    ["in no command", ["write-failed"], false],
  ] as const)("%s", (_, lines, isOutside) =>
    expect(idsOf(lines, { tool: "jlink" }, KINETIS).includes("outside-flash")).toBe(isOutside),
  );

  it("is nowhere with a chip whose flash is not known", () =>
    expect(idsOf([at("erase-failed", "0x40000000")], {}, KE0)).not.toContain("outside-flash"));
});

describe("a loader that failed", () => {
  it.each([
    ["0x1FFEFFFF", true],
    ["0x1FFF0000", false],
    ["0x2002FFFF", false],
    ["0x20030000", true],
  ])("at %s: the chip has no RAM there %s", (address, isWrong) => {
    const cause = find("wrong-chip", [at("loader-failed", address)], {}, KINETIS);
    expect(cause !== undefined).toBe(isWrong);
    if (cause) expect(cause).toMatchObject({ likelihood: "likely", for: [{ line: 1 }] });
    if (cause) expect(cause.for[0].text).toContain(address);
  });

  it("without an address, or with a chip whose RAM is not known, is no wrong chip", () => {
    expect(causesOf(["loader-failed"], {}, KINETIS)).toEqual(["likely ram-loader-failed"]);
    expect(causesOf([at("loader-failed", "0x100")], {}, KE0)).toEqual(["likely ram-loader-failed"]);
    expect(causesOf([at("loader-failed", "0x100")])).toEqual(["likely ram-loader-failed"]);
  });
});

describe("an erase that failed", () => {
  const code = (value: string): Line => ({ kind: "result-code", values: { code: value } });

  it("names what failed and where, and quotes six lines", () => {
    const erase = find("erase-failed", [...Array.from({ length: 7 }, () => at("erase-failed", "0x4000")), "lock-open"]);
    expect(erase).toMatchObject({ likelihood: "possible", against: [{ line: 8 }] });
    expect(erase?.for.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(erase?.what).toMatch(/^Erasing failed at 0x00004000,/);
    expect(find("erase-failed", [code("1"), "erase-failed"])?.what).toMatch(/^Erasing failed,/);
    const loader = find("erase-failed", [code("1")]);
    expect(loader?.what).toMatch(/flash loader failed, and/);
    expect(loader?.for[0].text).toContain("code is 1.");
  });

  it.each(["flash-protected", "fprot-protected", "write-protection"] as const)("is explained by %s", (kind) =>
    expect(idsOf([kind, "erase-failed"])).not.toContain("erase-failed"),
  );

  it("by code 104 is a protection of a Kinetis, and of no other chip", () => {
    const cause = find("erase-protected", [code("1"), code("104")], {}, KINETIS);
    expect(cause).toMatchObject({ likelihood: "likely", against: [] });
    expect(cause?.for.map(({ text }) => text.slice(0, 3))).toEqual(["Its", "104"]);
    expect(causesOf([code("103")], {}, KINETIS)).toEqual(["possible erase-failed"]);
    expect(causesOf([code("104")], {}, STM32)).toEqual(["possible erase-failed"]);
    expect(find("erase-failed", [code("104")], {}, STM32)?.for[0].text).toContain("code is 104.");
  });

  it("advises how to see the write protection of the chip's family", () => {
    expect(find("erase-failed", ["erase-failed"], {}, KINETIS)?.remedy[0]).toContain("FPROT");
    expect(find("erase-failed", ["erase-failed"], {}, { chip: "LPC55S69" })?.remedy[0]).toContain("debug mailbox");
  });
});

describe("an erase that failed without a reason, by a tool that names none", () => {
  it.each(["cubeprogrammer", "stlink-cli", "st-flash"] as const)("is perhaps an STM32's WRP with %s", (tool) => {
    const cause = find("erase-protected", [at("erase-failed", "0x08004000")], { tool });
    expect(cause).toMatchObject({ likelihood: "possible", for: [{ line: 1 }], against: [{}] });
    expect(cause?.what).toMatch(/at 0x08004000: perhaps .*WRP/);
  });

  it.each(["keil", "iar"] as const)("is perhaps the family's protection with %s, where the chip is known", (tool) => {
    expect(find("erase-protected", ["erase-failed"], { tool }, KINETIS)?.what).toContain("FPROT");
    expect(find("erase-protected", ["erase-failed"], { tool }, { chip: "LPC1768" })?.what).toContain("CRP");
    expect(idsOf(["erase-failed"], { tool })).toEqual(["erase-failed"]);
    expect(idsOf(["erase-failed"], { tool }, { chip: "LPC55S69" })).toEqual(["erase-failed"]);
  });

  it("is no protection with a tool that names one", () =>
    expect(idsOf(["erase-failed"], { tool: "openocd" }, STM32)).toEqual(["erase-failed"]));

  it("is no protection behind the chip's flash", () => {
    const ids = (address: string) => idsOf([at("erase-failed", address)], { tool: "iar" }, KINETIS);
    expect(ids("0x100000")).not.toContain("erase-protected");
    expect(ids("0xFF000")).toContain("erase-protected");
  });

  it.each([
    "read-protection",
    "outside-flash",
    "target-silent",
    "wire-broken",
    "voltage-low",
    "result-code",
    "write-protection",
  ] as const)("is no protection beside %s", (kind) =>
    expect(idsOf([kind, "erase-failed"], { tool: "st-flash" })).not.toContain("erase-protected"),
  );

  it("is less likely after a success, and still named", () =>
    expect(causesOf(["erase-failed", "success"], { tool: "st-flash" })).toContain("possible erase-protected"));
});

describe("flash that a tool calls protected", () => {
  it.each([
    ["flash-protected", KINETIS, "FPROT"],
    ["flash-protected", STM32, "WRP"],
    ["flash-protected", {}, "write protection"],
    ["fprot-protected", {}, "FPROT"],
    ["fprot-protected", STM32, "FPROT"],
    ["flash-protected", { chip: "F32K144" }, "write protection"],
    ["flash-protected", { chip: "S32K144" }, "FPROT"],
    ["flash-protected", { chip: "LPC55S69" }, "write protection covers"],
  ] as const)("by %s, with %j, is called %s", (kind, options, word) => {
    const cause = find("erase-protected", [at(kind, "0x4000")], {}, options);
    expect(cause).toMatchObject({ likelihood: "certain" });
    expect(cause?.what).toContain(word);
    expect(cause?.what).toContain("at 0x00004000");
  });

  it("quotes the erase that failed there, too, and is less likely after a success", () => {
    const cause = find("erase-protected", ["flash-protected", "erase-failed", "success"]);
    expect(cause).toMatchObject({ likelihood: "likely", for: [{ line: 1 }, { line: 2 }], against: [{ line: 3 }] });
  });
});
