import { describe, expect, it } from "vitest";
import type { FactKind } from "../../../../../src/doctor/logs/forms/line-form.ts";
import { causesOf, diagnosisOf, type Line } from "../log-of.ts";

const KINETIS = { chip: "MK24FN1M0XXX12" };
const STM32 = { chip: "STM32F407VG" };
const NRF = { chip: "nRF52840_xxAA" };

const volts = (value: string): Line => ({ kind: "voltage", values: { volts: value } });
const refused = (address?: string): Line => ({ kind: "memory-refused", values: address ? { address } : {} });
const idsOf = (...args: Parameters<typeof diagnosisOf>) => diagnosisOf(...args).causes.map(({ id }) => id as string);
const find = (id: string, ...args: Parameters<typeof diagnosisOf>) =>
  diagnosisOf(...args).causes.find((cause) => cause.id === id);

/** Lines that state what became of a lock. */
const OUTCOMES: readonly FactKind[] = [
  "mass-erase",
  "mass-erase-done",
  "mass-erase-skipped",
  "mass-erase-refused",
  "mass-erase-disabled",
  "mass-erase-failed",
  "reset-line-missing",
];

describe("a target without power", () => {
  it("is certain where the tool reports it, and likely where the probe measured a supply as well", () => {
    expect(causesOf(["voltage-low"])).toEqual(["certain target-no-power"]);
    const measured = find("target-no-power", [volts("3.3"), "voltage-low"]);
    expect(measured).toMatchObject({ likelihood: "likely", against: [{ line: 1 }] });
    expect(measured?.against[0].text).toContain("3.3 V");
  });

  it.each(["target-silent", "core-missing", "halt-failed", "memory-refused", "connect-failed"] as const)(
    "is likely where less than 1.2 V was measured and then came %s",
    (kind) => {
      expect(causesOf([volts("1.19"), kind])).toContain("likely target-no-power");
      expect(idsOf([volts("1.2"), kind])).not.toContain("target-no-power");
      expect(find("target-no-power", [volts("1.19"), kind])?.for[0]).toMatchObject({ line: 1 });
    },
  );

  it("is none where less was measured and the job went on", () => {
    expect(idsOf([volts("0.1"), "connected"])).not.toContain("target-no-power");
  });

  it("is less likely where the job succeeded later", () => {
    expect(causesOf([volts("0.1"), "target-silent", "success"])).toContain("possible target-no-power");
    expect(causesOf(["voltage-low", "success"])).toEqual(["likely target-no-power"]);
  });
});

describe("a wrong chip", () => {
  const id = (value: string): Line => ({ kind: "dp-id", values: { id: value } });
  const core = (value?: string): Line => ({ kind: "core", values: value ? { core: value } : {} });

  it.each([
    ["another debug port ID than the chip has", id("0x0BC11477"), 1],
    ["the chip's own debug port ID", id("0x2BA01477"), 0],
    ["another core than the chip has", core("Cortex-M0"), 1],
    ["the chip's own core", core("Cortex-M4"), 0],
    ["a line about a core that does not name it", core(), 0],
    ["an identification that the tool did not expect", "unexpected-id" as const, 1],
  ])("is concluded from $0 so many times: $2", (_, line, count) =>
    expect(idsOf([line], {}, KINETIS).filter((one) => one === "wrong-chip")).toHaveLength(count),
  );

  it("is named, with the line that named the chip and the first sign of each kind", () => {
    const device: Line = { kind: "device", values: { device: "MK24FN1M0XXX12" } };
    const cause = find("wrong-chip", [device, id("1"), id("2"), core("Cortex-M0"), core("Cortex-M1")]);
    expect(cause).toMatchObject({ likelihood: "likely", for: [{ line: 2 }, { line: 4 }, { line: 1 }] });
    expect(cause?.what).toContain("a MK24FN1M0XXX12.");
    expect(cause?.for[0].text).toContain("0x2BA01477");
    expect(cause?.for[2].text).toContain("MK24FN1M0XXX12");
  });

  it("without a name is only not the one that was meant", () => {
    const cause = find("wrong-chip", ["unexpected-id"]);
    expect(cause?.what).toContain("the one that was named");
    expect(cause?.for).toHaveLength(1);
  });

  it("is none after a job that succeeded", () => {
    expect(idsOf(["unexpected-id", "success"])).not.toContain("wrong-chip");
    expect(idsOf(["success", "unexpected-id", "download"])).toContain("wrong-chip");
  });
});

describe("a protection that a tool names", () => {
  it("of reading counts before one of writing, and both are quoted with the reads that were refused", () => {
    const cause = find("read-protected", ["write-protection", "read-protection", refused("0x08000000")]);
    expect(cause).toMatchObject({ likelihood: "certain", for: [{ line: 1 }, { line: 2 }, { line: 3 }] });
    expect(causesOf(["write-protection"])).toEqual(["certain protected-region"]);
  });

  it.each([
    ["the chip is one", "read-protection" as const, "openocd" as const, STM32],
    ["CubeProgrammer is in use", "read-protection" as const, "cubeprogrammer" as const, {}],
    ["ST-LINK_CLI is in use", "read-protection" as const, "stlink-cli" as const, {}],
    ["st-flash is in use", "read-protection" as const, "st-flash" as const, {}],
    [
      "the line names it",
      { kind: "read-protection" as const, text: "stm32 device is protected" },
      "jlink" as const,
      {},
    ],
    ["the line names RDP", { kind: "read-protection" as const, text: "RDP level 1" }, "jlink" as const, {}],
  ])("is called by an STM32's names where %s", (_, line, tool, options) => {
    const [{ what, test }] = diagnosisOf([line], { tool }, options).causes;
    expect(what).toContain("(RDP)");
    expect(test).toContain("0xAA");
    const [written] = diagnosisOf(
      [typeof line === "string" ? "write-protection" : { ...line, kind: "write-protection" }],
      { tool },
      options,
    ).causes;
    expect(written.what).toContain("(WRP)");
  });

  it("is not called so where nothing points to an STM32", () => {
    const [read] = diagnosisOf(["read-protection"]).causes;
    const [write] = diagnosisOf(["write-protection"], {}, NRF).causes;
    expect(read.what + write.what).not.toMatch(/RDP|WRP|undefined/);
    expect(write.remedy.join(" ")).toContain("nrfutil device recover");
  });

  it("is less likely after a later success", () =>
    expect(causesOf(["read-protection", "success"])).toEqual(["likely read-protected"]));
});

describe("a chip that a tool calls locked", () => {
  it("is certain, and likely where the log doubts it", () => {
    expect(causesOf(["lock-seen"])).toEqual(["certain locked-chip"]);
    const doubted = find("locked-chip", ["lock-seen", "lock-open", "reset-loop"]);
    expect(doubted).toMatchObject({ likelihood: "likely", against: [{ line: 2 }, { line: 3 }] });
  });

  it.each(OUTCOMES)("is not the cause where %s reports what became of the lock", (kind) => {
    expect(idsOf(["lock-seen", kind])).not.toContain("locked-chip");
    expect(idsOf(["ap-disabled", kind])).not.toContain("locked-chip");
    expect(idsOf(["examine-failed", kind])).not.toContain("locked-chip");
    expect(idsOf([fault, "connect-failed", kind])).not.toContain("locked-chip");
  });

  it("is locked in the words of its family, or of any", () => {
    expect(find("locked-chip", ["lock-seen"], {}, KINETIS)?.what).toContain("FSEC");
    expect(find("locked-chip", ["lock-seen"], {}, NRF)?.what).toContain("APPROTECT");
    expect(find("locked-chip", ["lock-seen"])?.what).toContain("a lock of its maker's");
  });
});

const fault: Line = { kind: "wire-fault", text: "SWD response: Fault" };

describe("an access port that is closed", () => {
  it("is a likely lock, with the port and two faults as evidence", () => {
    const cause = find("locked-chip", [fault, fault, fault, "ap-disabled"]);
    expect(cause).toMatchObject({ likelihood: "likely", for: [{ line: 4 }, { line: 1 }, { line: 2 }] });
    expect(cause?.against).toHaveLength(1);
  });

  it("after a mass erase that was tried is one that failed, before it a lock", () => {
    const tried = find("mass-erase-failed", ["mass-erase-tried", "ap-disabled"]);
    expect(tried).toMatchObject({ likelihood: "likely", for: [{ line: 1 }, { line: 2 }] });
    expect(tried?.remedy[0]).toContain("reset line");
    expect(causesOf(["ap-disabled", "mass-erase-tried"])).toEqual(["likely locked-chip"]);
    expect(causesOf(["mass-erase-tried"])).toEqual(["likely locked-chip"]);
  });

  it("is not concluded where the tool reports that the chip is locked", () =>
    expect(causesOf(["lock-seen", "ap-disabled"])).toEqual(["certain locked-chip"]));
});

describe("a core that can't be seen", () => {
  const hidden: Line = { kind: "core-missing", values: { port: "AP#0" } };

  it("behind a debug port that answers is a lock: likely of an nRF, possible of another chip", () => {
    expect(causesOf([hidden], {}, NRF)).toContain("likely locked-chip");
    expect(causesOf([hidden], {}, KINETIS)).toContain("possible locked-chip");
    expect(find("locked-chip", [hidden], {}, NRF)?.against).toEqual([]);
    expect(find("locked-chip", [hidden], {}, STM32)?.against).toHaveLength(1);
    expect(
      find(
        "locked-chip",
        Array.from({ length: 4 }, () => hidden),
      )?.for.map(({ line }) => line),
    ).toEqual([1, 2, 3]);
  });

  it("is none where no port answered", () => expect(idsOf(["core-missing"])).toEqual(["core-not-found"]));

  it.each(["ap-disabled", "memory-refused"] as const)("is no evidence of its own beside %s", (kind) => {
    const cause = find("locked-chip", [hidden, kind]);
    expect(cause?.for.map(({ line }) => line)).toEqual([2]);
  });
});

describe("an answer of FAULT", () => {
  it("while connecting is a possible lock, of which two are quoted", () => {
    const cause = find("locked-chip", [fault, fault, fault, "connect-failed"]);
    expect(cause).toMatchObject({ likelihood: "possible", for: [{ line: 1 }, { line: 2 }], against: [{}] });
    expect(cause?.remedy.at(-1)).toContain("under reset");
  });

  it.each([
    ["without a connection that failed", [fault]],
    ["of another answer", [{ kind: "wire-fault", text: "ack 7" }, "connect-failed"]],
    ["after a download", [fault, "download", "connect-failed"]],
  ] as const)("is none %s", (_, lines) => expect(idsOf(lines)).not.toContain("locked-chip"));

  it.each(["lock-seen", "ap-disabled", "mass-erase-tried", "memory-refused"] as const)(
    "is no evidence of its own beside %s",
    (kind) => expect(causesOf([fault, "connect-failed", kind]).join()).not.toContain("possible locked-chip"),
  );
});

describe("a flash size of 0", () => {
  it("is a possible read protection, of which two lines are quoted", () => {
    const cause = find("read-protected", ["size-zero", "size-zero", "size-zero"]);
    expect(cause).toMatchObject({ likelihood: "possible", for: [{ line: 1 }, { line: 2 }], against: [{}] });
  });

  it.each(["lock-seen", "id-garbled"] as const)("is none beside %s", (kind) =>
    expect(idsOf(["size-zero", kind])).not.toContain("read-protected"),
  );

  it("adds nothing to a protection that the tool names", () =>
    expect(causesOf(["size-zero", "read-protection"])).toEqual(["certain read-protected"]));
});

describe("an access that the chip refused", () => {
  it.each([
    [undefined, "likely locked-chip"],
    ["0x0", "likely locked-chip"],
    ["0x0FFFFFFF", "likely locked-chip"],
    ["0x10000000", "possible memory-refused"],
    ["0xE000DFFF", "possible memory-refused"],
    ["0xE000E000", "likely locked-chip"],
    ["0xE000EFFF", "likely locked-chip"],
    ["0xE000F000", "possible memory-refused"],
  ])("at %s: %s", (address, cause) => expect(causesOf([refused(address)], { tool: "pyocd" })).toEqual([cause]));

  it("at one address of the core among others is a lock", () =>
    expect(causesOf([refused("0x20000000"), refused("0xE000ED00")], { tool: "pyocd" })).toEqual([
      "likely locked-chip",
    ]));

  it("names the address, quotes three lines, and advises what fits the place", () => {
    const lines = ["0x40034FE0", "0x1", "0x2", "0x3"].map(refused);
    const [other] = diagnosisOf(lines, { tool: "pyocd" }).causes;
    expect(other.what).toContain("0x40034FE0");
    expect(other.for.map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(other.remedy).toHaveLength(1);
    const [core] = diagnosisOf([refused("0xE000ED00")], { tool: "pyocd" }).causes;
    expect(core.what).toContain("0xE000ED00");
    expect(core.remedy.at(-1)).toContain("under reset");
    expect(new Set([core, other, ...diagnosisOf([refused()]).causes].map(({ test }) => test)).size).toBe(3);
  });

  it("has against it what the place and the log show", () => {
    const against = (...lines: readonly Line[]) => diagnosisOf(lines, { tool: "pyocd" }).causes[0].against;
    expect(against(refused("0x0"))).toEqual([]);
    expect(against("lock-open", refused("0x0"))).toMatchObject([{ line: 1 }]);
    expect(against(refused("0xE000ED00"))).toHaveLength(1);
    expect(against(refused("0x3FFFFFFF"))).toEqual([]);
    expect(against(refused("0x40000000"))).toHaveLength(1);
  });

  it("to a Kinetis' flash names its security byte", () => {
    expect(find("locked-chip", [refused("0x0")], {}, KINETIS)?.what).toContain("security byte");
    expect(find("locked-chip", [refused("0x0")], {}, NRF)?.what).toContain("APPROTECT");
  });

  it.each(["read-protection", "lock-seen", "ap-disabled"] as const)("is a consequence of %s", (kind) => {
    expect(idsOf([kind, refused("0x40034FE0")])).not.toContain("memory-refused");
    expect(idsOf([kind, refused("0x40034FE0")])).not.toContain("wrong-chip");
  });

  it.each([
    ["0x3FFFFFFF", false],
    ["0x40000000", true],
    ["0x5FFFFFFF", true],
    ["0x60000000", false],
  ])("at %s by OpenOCD's script may mean another chip: %s", (address, isWrong) => {
    expect(idsOf([refused(address)]).includes("wrong-chip")).toBe(isWrong);
    expect(idsOf([refused(address)], { tool: "pyocd" })).not.toContain("wrong-chip");
  });

  it("by OpenOCD's script names the first such address, with three lines", () => {
    const cause = find("wrong-chip", ["0x0", "0x40034FE0", "0x40034FE4", "0x40034FE8", "0x40034FEC"].map(refused));
    expect(cause).toMatchObject({ likelihood: "possible", for: [{ line: 2 }, { line: 3 }, { line: 4 }] });
    expect(cause?.what).toContain("0x40034FE0");
  });
});
