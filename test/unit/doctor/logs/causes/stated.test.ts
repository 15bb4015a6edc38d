import { describe, expect, it } from "vitest";
import type { FactKind } from "../../../../../src/doctor/logs/forms/line-form.ts";
import { causesOf, diagnosisOf } from "../log-of.ts";

/** What a line of each kind is the cause of where nothing else of the job is known. */
const ALONE: readonly (readonly [kind: FactKind, causes: readonly string[]])[] = [
  ["tool-missing", ["certain tool-not-found"]],
  ["config-missing", ["certain config-not-found"]],
  ["probe-access", ["certain probe-access"]],
  ["tool-old", ["likely tool-too-old"]],
  ["open-refused", ["likely probe-access"]],
  ["probe-driver", ["likely probe-driver"]],
  ["probe-busy", ["likely probe-busy"]],
  ["probe-ambiguous", ["certain probe-ambiguous"]],
  ["probe-missing", ["likely probe-not-found"]],
  ["server-silent", ["likely probe-silent"]],
  ["probe-silent", ["certain probe-silent"]],
  ["probe-firmware-old", ["certain probe-firmware"]],
  ["probe-lost", ["likely probe-lost"]],
  ["probe-clone", ["certain probe-clone"]],
  ["port-missing", ["certain port-not-found"]],
  ["port-busy", ["certain port-busy"]],
  ["boot-silent", ["likely bootloader-silent"]],
  ["boot-refused", ["possible bootloader-refused"]],
  ["wire-broken", ["likely wire-unreliable"]],
  ["mass-erase-disabled", ["certain mass-erase-disabled"]],
  ["reset-line-missing", ["certain mass-erase-needs-reset-line"]],
  ["mass-erase-refused", ["certain mass-erase-not-allowed"]],
  ["mass-erase-skipped", ["certain mass-erase-skipped"]],
  ["mass-erase-failed", ["likely mass-erase-failed"]],
  ["reset-loop", ["likely reset-loop"]],
  ["core-missing", ["likely core-not-found"]],
  ["examine-failed", ["likely core-not-found", "possible locked-chip"]],
  ["halt-failed", ["likely core-not-halted"]],
  ["low-power", ["likely core-sleeping"]],
  ["id-garbled", ["likely target-silent", "possible core-sleeping"]],
  ["target-silent", ["likely target-silent"]],
  ["server-gone", ["possible target-silent"]],
  ["timed-out", ["possible timed-out"]],
  ["connect-failed", ["possible connect-failed"]],
  ["wrong-family", ["certain wrong-chip"]],
  ["driver-mismatch", ["likely wrong-chip"]],
  ["device-unknown", ["certain device-unknown"]],
  ["script-error", ["certain script-error"]],
  ["file-missing", ["certain file-not-opened"]],
  ["file-invalid", ["certain file-invalid"]],
  ["too-large", ["certain image-too-large"]],
  ["checksum-inserted", ["likely vector-checksum"]],
  ["loader-missing", ["certain loader-missing"]],
  ["not-blank", ["certain not-erased"]],
  ["flash-refused", ["likely flash-command-refused"]],
  ["write-failed", ["possible write-failed"]],
];

/** A failure that is a consequence of something else that the log states. */
const EXPLAINED: readonly (readonly [kind: FactKind, id: string, by: readonly FactKind[]])[] = [
  ["probe-missing", "probe-not-found", ["probe-access", "probe-driver", "library-missing"]],
  ["probe-lost", "probe-lost", ["probe-firmware-old"]],
  ["boot-silent", "bootloader-silent", ["open-refused", "probe-access", "port-busy"]],
  ["core-missing", "core-not-found", ["lock-seen", "mass-erase-tried"]],
  ["halt-failed", "core-not-halted", ["lock-seen"]],
  ["target-silent", "target-silent", ["lock-seen", "ap-disabled", "mass-erase-refused", "mass-erase-tried"]],
  ["server-gone", "target-silent", ["lock-seen", "ap-disabled", "mass-erase-refused", "mass-erase-tried"]],
  ["server-gone", "target-silent", ["core-missing", "examine-failed", "probe-missing", "probe-access"]],
  ["server-gone", "target-silent", ["config-missing", "script-error"]],
  ["timed-out", "timed-out", ["lock-seen", "ap-disabled", "mass-erase-refused", "mass-erase-tried"]],
  ["timed-out", "timed-out", ["target-silent", "core-missing", "halt-failed", "loader-failed"]],
  ["timed-out", "timed-out", ["erase-failed", "verify-failed", "connect-failed"]],
  ["connect-failed", "connect-failed", ["lock-seen", "ap-disabled", "mass-erase-refused", "mass-erase-tried"]],
  ["connect-failed", "connect-failed", ["target-silent", "core-missing", "examine-failed", "voltage-low"]],
  ["connect-failed", "connect-failed", ["probe-access", "probe-missing", "wire-broken"]],
  ["write-failed", "write-failed", ["flash-protected", "fprot-protected", "outside-flash", "read-protection"]],
  ["write-failed", "write-failed", ["write-protection", "loader-missing", "verify-failed"]],
];

const idsOf = (...kinds: readonly FactKind[]) => diagnosisOf(kinds, { tool: "jlink" }).causes.map(({ id }) => id);

describe("a failure that a tool states", () => {
  it.each(ALONE)("%s alone: %j", (kind, causes) => expect(causesOf([kind], { tool: "jlink" })).toEqual(causes));

  it.each(EXPLAINED)("%s is no %s beside any of %j", (kind, id, others) => {
    for (const other of others) {
      expect(idsOf(other, kind)).not.toContain(id);
      expect(idsOf(kind, other)).not.toContain(id);
    }
  });

  it("is the cause beside a line that explains nothing", () => {
    for (const [kind, id] of EXPLAINED) expect(idsOf("version", kind)).toContain(id);
  });

  it("is less likely where the tool later succeeds, and as likely where it succeeded before", () => {
    expect(causesOf(["probe-silent", "success"], {})).toEqual(["likely probe-silent"]);
    expect(causesOf(["success", "probe-silent"], {})).toEqual(["certain probe-silent"]);
    expect(causesOf(["target-silent", "verify-ok"], {})).toEqual(["possible target-silent"]);
    expect(causesOf(["write-failed", "done"], {})).toEqual(["possible write-failed"]);
  });

  it.each(["done", "verify-ok", "programmed", "success", "flash-match", "erased"] as const)(
    "has %s after it as evidence against it, with that line",
    (kind) => {
      const [{ likelihood, against }] = diagnosisOf(["probe-silent", kind]).causes;
      expect(likelihood).toBe("likely");
      expect(against).toMatchObject([{ line: 2, quote: `a line with ${kind}` }]);
    },
  );

  it("is as likely where what succeeded later programmed 0 bytes", () => {
    const programmed = (bytes: string) => causesOf(["probe-silent", { kind: "programmed", values: { bytes } }]);
    expect(programmed("0")).toEqual(["certain probe-silent"]);
    expect(programmed("1")).toEqual(["likely probe-silent"]);
  });

  it("quotes the lines that state it, the first six", () => {
    const { causes } = diagnosisOf(Array.from({ length: 8 }, () => "wire-broken" as const));
    expect(causes[0].for.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe("a line that speaks against a stated failure", () => {
  it.each([
    ["tool-old", "connected"],
    ["core-missing", "connected"],
    ["target-silent", "dp-id"],
    ["target-silent", "wire-fault"],
    ["write-failed", "voltage"],
  ] as const)("of %s: %s is quoted, once", (kind, other) => {
    const lines = [{ kind: other, values: { volts: "3.3" } }, { kind: other, values: { volts: "3.3" } }, kind] as const;
    const [{ against }] = diagnosisOf(lines).causes;
    expect(against).toMatchObject([{ line: 1, quote: `a line with ${other}` }]);
  });
});

describe("what a stated failure is about", () => {
  it.each([
    ["tool-missing", { name: "quux" }, ": quux."],
    ["config-missing", { name: "quux.cfg" }, ": quux.cfg."],
    ["tool-old", { name: "cmsis-dap" }, "its driver for cmsis-dap"],
    ["port-busy", { port: "COM7" }, ": COM7."],
    ["device-unknown", { name: "MK99" }, "the device MK99."],
    ["driver-mismatch", { name: "stm32x" }, "as stm32x:"],
    ["target-silent", { target: "rp2040.dap0" }, "as rp2040.dap0."],
    ["loader-missing", { address: "60000000" }, "for 0x60000000."],
    ["write-failed", { address: "0x8004000" }, "at 0x08004000,"],
  ] as const)("%s: its name stands in the sentence where the line has one", (kind, values, words) => {
    const [named] = diagnosisOf([{ kind, values }]).causes;
    const [bare] = diagnosisOf([kind]).causes;
    expect(named.what).toContain(words);
    expect(bare.what).not.toContain(words);
    expect(bare.id).toBe(named.id);
  });

  it("is the first line's that has an address", () => {
    const lines = ["write-failed", { kind: "write-failed", values: { address: "0x100" } }] as const;
    expect(diagnosisOf(lines).causes[0].what).toContain("at 0x00000100,");
  });
});

describe("a USB library that is not installed", () => {
  it.each(["probe-missing", "probe-silent"] as const)("is the cause where there is %s, too", (kind) =>
    expect(causesOf(["library-missing", kind])).toContain("likely tool-not-found"),
  );

  it("is none where the tool found its probe", () =>
    expect(causesOf(["library-missing"])).toEqual(["possible no-outcome"]));
});

describe("a probe that is missing", () => {
  it.each(["openocd", "st-flash", "pyocd", "probe-rs", "dfu-util", "picotool"] as const)(
    "may have another driver where %s reaches it by libusb",
    (tool) =>
      expect(causesOf(["probe-missing"], { tool })).toEqual(["likely probe-not-found", "possible probe-driver"]),
  );

  it.each(["jlink", "nrfjprog", "cubeprogrammer"] as const)("is only not found by %s", (tool) =>
    expect(causesOf(["probe-missing"], { tool })).toEqual(["likely probe-not-found"]),
  );

  it.each(["probe-access", "probe-driver", "library-missing"] as const)("is not guessed at beside %s", (kind) =>
    expect(causesOf([kind, "probe-missing"])).not.toContain("possible probe-driver"),
  );
});

describe("a core that LinkServer does not find", () => {
  const tool = "linkserver";

  it("may be a probe that a server of before holds, of which one line is quoted", () => {
    const cause = diagnosisOf(["core-missing", "core-missing"], { tool }).causes.find(({ id }) => id === "probe-busy");
    expect(cause).toMatchObject({ likelihood: "possible", for: [{ line: 1 }] });
  });

  it.each(["dp-id", "connected"] as const)("is not where %s shows that the probe worked", (kind) =>
    expect(causesOf([kind, "core-missing"], { tool }).join()).not.toContain("probe-busy"),
  );

  it("is not with other tools", () => expect(causesOf(["core-missing"]).join()).not.toContain("probe-busy"));
});

describe("remedies that depend on tool and chip", () => {
  const remedyOf = (kind: FactKind, tool: "jlink" | "openocd" | "linkserver" | "mcuxpresso", chip?: string) =>
    diagnosisOf([kind], { tool }, chip ? { chip } : {}).causes[0].remedy.join(" ");

  it("name the ISP pin for an LPC, and where an NXP tool that programs them is in use", () => {
    expect(remedyOf("core-missing", "openocd", "LPC1768")).toContain("ISP pin");
    expect(remedyOf("core-missing", "openocd", "LPC55S69")).toContain("ISP pin");
    expect(remedyOf("core-missing", "linkserver")).toContain("ISP pin");
    expect(remedyOf("core-missing", "mcuxpresso")).toContain("ISP pin");
    expect(remedyOf("core-missing", "openocd", "STM32F407VG")).not.toContain("ISP pin");
  });

  it("name J-Link's stored answer only where J-Link skipped the mass erase", () => {
    expect(remedyOf("mass-erase-skipped", "jlink")).toContain("stored answer");
    expect(remedyOf("mass-erase-skipped", "openocd")).not.toContain("stored answer");
  });

  it("ask Flashproof about the lock of a Kinetis, and RAM about another chip's", () => {
    const testOf = (chip: string) => diagnosisOf(["mass-erase-refused"], {}, { chip }).causes[0].test;
    expect(testOf("MK24FN1M0XXX12")).toContain("flashproof info");
    expect(testOf("STM32F407VG")).not.toContain("flashproof");
  });
});
