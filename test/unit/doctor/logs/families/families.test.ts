import { describe, expect, it } from "vitest";
import { FAMILY_ROWS, type FamilyId } from "../../../../../src/doctor/logs/families/families.ts";
import { FAMILY_LOCKS, ANY_LOCK, type FamilyLock } from "../../../../../src/doctor/logs/families/locks.ts";
import { chipToExplain, hasField, isOurs, namedDevice } from "../../../../../src/doctor/logs/families/named-device.ts";

/** Names as vendors print them and as tools' configurations have them, by family and core. */
const NAMES: readonly (readonly [family: FamilyId, core: string | undefined, names: string])[] = [
  ["kinetis", "Cortex-M4", "MK24FN1M0XXX12 PMK24FN1M0 MK12DX256 MK22DN512 MK66FX1M0 MK82FA256 kx kx.cpu k22.cpu"],
  ["kinetis", "Cortex-M4", "k24d.cpu k64f k22f k66f18 k64f.cpu k82xyz.cpu"],
  ["kinetis", "Cortex-M0+", "MKL25Z128 PMKL25Z128 MKL46Z256 MKL02Z32 klx klx.cpu kl25z kl46z.cpu Kkl25z"],
  ["kinetis-ke0", "Cortex-M0+", "S9KEAZ128 MKE02Z64 PMKE04Z8 MKE06Z128"],
  ["kinetis", "Cortex-M0+", "MKE14Z256 MKE15Z256 MKE16Z64 PMKE15Z256 K32L2B31A K32L2A41 MKW41Z512 MKW36A512"],
  ["kinetis", "Cortex-M0+", "PMKW41Z512 MKV10Z32 PMKV11Z128 MKM14Z128 MKM34Z256 PMKM14Z128"],
  ["kinetis", "Cortex-M4", "MKE14F256 MKE16F512 MKE18F512 PMKE18F512"],
  ["kinetis", undefined, "K32L3A60 MKW24D512 PMKW24D512 MKV31F512 MKV46F256 PMKV31F512 MKS22FN256 PMKS22FN256"],
  [
    "kinetis",
    undefined,
    "MK02F128 MKS20 MKM99 MKE99 K10DX K20.x K22- K24- K26- K28- K40- K60- K61- K64- K65- K66- K70- K80- K81- K82-",
  ],
  ["s32k1", "Cortex-M0+", "S32K116 FS32K118 s32k11x"],
  ["s32k1", "Cortex-M4F", "S32K144 FS32K146 S32K142W FS32K142W s32k14x"],
  ["stm32", "Cortex-M0", "stm32f030 stm32l053 stm32g071 stm32c011 stm32u083 stm32wb05"],
  ["stm32", "Cortex-M3", "STM32F103C8 stm32f207 stm32l152 stm32w108"],
  ["stm32", "Cortex-M4", "stm32f303 STM32F407VG stm32g431kbtx stm32l476"],
  ["stm32", "Cortex-M7", "stm32f746"],
  ["stm32", "Cortex-M33", "stm32l552 stm32u585 stm32h563 stm32wba52"],
  ["stm32", undefined, "stm32h743 stm32mp157 stm32wb55"],
  ["gd32", undefined, "GD32F103"],
  ["nrf51", "Cortex-M0", "nRF51822_xxAA"],
  ["nrf", "Cortex-M4", "nRF52840_xxAA"],
  ["nrf", "Cortex-M33", "nRF5340 nRF54L15 nRF9160"],
  ["nrf", undefined, "nRF54H20 nrfx"],
  ["lpc55", "Cortex-M33", "LPC55S69"],
  ["lpc", "Cortex-M0+", "LPC824 LPC1114"],
  ["lpc", "Cortex-M3", "LPC1343 LPC1768 LPC1857"],
  ["lpc", undefined, "LPC4088 LPC2148"],
  ["sam-d", "Cortex-M0+", "ATSAMD21G18 samd09 samc21 ATSAML21 samr21 samda1 ATSAMD10 samd11"],
  ["sam-d", "Cortex-M4", "ATSAMD51J19 same54"],
  ["sam-d", undefined, "at91samd21g18"],
  ["sam", "Cortex-M3", "ATSAM3X8E sam3u at91sam3s"],
  ["sam", "Cortex-M4", "ATSAM4S16 sam4l samg55 at91sam4"],
  ["sam", "Cortex-M7", "ATSAME70 sams70 samv71"],
  ["sam", undefined, "atsamx7 at91sam7s"],
  ["efm32", undefined, "EFM32GG11 EFR32MG12 ezr32lg mgm12 bgm13 efm8 sim3u"],
  ["mspm0", "Cortex-M0+", "MSPM0G3507"],
  ["imxrt", undefined, "MIMXRT1062 PMIMXRT1176 imxrt1050 cy_rt1 c_rt1 crt1"],
  ["rp2", undefined, "RP2040 rp2350 rp235x"],
  ["esp32", undefined, "ESP32-S3"],
];

const rows = NAMES.flatMap(([family, core, names]) => names.split(" ").map((name) => ({ name, family, core })));
/** Cores of which a pattern for one must not take another. */
const CORES = ["Cortex-M0", "Cortex-M3", "Cortex-M4", "Cortex-M7", "Cortex-M33"];

describe("a device that a log names", () => {
  it.each(rows)("$name is of the family $family", ({ name, family }) =>
    expect(namedDevice(name)).toMatchObject({ name, family }),
  );

  it.each(rows)("$name has the core $core", ({ name, core }) => {
    const { core: pattern } = namedDevice(name);
    if (core === undefined) return expect(pattern).toBeUndefined();
    expect(CORES.filter((other) => pattern?.test(other))).toEqual([core.replace(/[+F]$/, "")]);
    expect(pattern?.test(core)).toBe(true);
  });

  it.each(rows)("with something before $name is of no family", ({ name }) =>
    expect(namedDevice(`quux-${name}`).family).toBeUndefined(),
  );

  it.each(["quux", "MK", "kx.cpux", "klx.cpux", "kl25zx", "k9x.cpu", "k34-.cpu", "S32K", "Cortex-M4", "K2400", ""])(
    "%j is of no family that its name does not fit",
    (name) => expect(namedDevice(name)).toEqual({ name }),
  );

  it.each(["k64fx", "k22fx", "k66f18x", "MKE02", "stm32f9", "nrf55", "LPC2478", "atsamx"])(
    "%s is of a family and has a core that is not known",
    (name) => expect(namedDevice(name)).toEqual({ name, family: expect.any(String) }),
  );

  it("is known by its name before a blank or bracket, in any case", () => {
    for (const name of ["MK24FN1M0XXX12 (allow security)", "mk24fn1m0xxx12?", "MK24FN1M0xxx12(x)", " MK24FN1M0xxx12 "])
      expect(namedDevice(name)).toMatchObject({ name, chip: { name: "MK24FN1M0xxx12" } });
    expect(namedDevice("MK24FN1M0xxx1").chip).toBeUndefined();
  });

  it("of a row with known debug port IDs has them", () => {
    expect(namedDevice("MK64FN1M0").dpIds).toEqual([0x2ba01477]);
    expect(namedDevice("MKL25Z128").dpIds).toEqual([0x0bc11477]);
    expect(namedDevice("STM32F407VG")).not.toHaveProperty("dpIds");
  });
});

describe("what is known of a core", () => {
  const patterns = [...new Set(FAMILY_ROWS.flatMap(({ core }) => core ?? []))];
  const fitting = (name: string) => patterns.filter((core) => core.test(name)).length;

  it.each(["Cortex-M0", "Cortex-M0+", "Cortex-M3", "Cortex-M4", "Cortex-M4F", "Cortex-M7", "Cortex-M33"])(
    "%s fits one pattern",
    (name) => expect(fitting(name)).toBe(1),
  );

  it.each(["Cortex-M1", "Cortex-M4FX", "Cortex-M35P", "Cortex-M33F", "Cortex-M3x", "Cortex-M7x", "Cortex-M", ""])(
    "%j fits none",
    (name) => expect(fitting(name)).toBe(0),
  );

  it.each(["Cortex-M0", "Cortex-M3", "Cortex-M4", "Cortex-M7", "Cortex-M33"])("%s behind something fits none", (name) =>
    expect(fitting(`x${name}`)).toBe(0),
  );
});

describe("security bytes at 0x400", () => {
  it.each([
    ["MK24FN1M0XXX12", true, true],
    ["S32K144", true, false],
    ["S9KEAZ128", false, false],
    ["STM32F407VG", false, false],
    ["quux", false, false],
  ])("%s has them: %s; Flashproof's verbs work: %s", (name, has, ours) => {
    expect(hasField(namedDevice(name))).toBe(has);
    expect(isOurs(namedDevice(name))).toBe(ours);
  });

  it("has no device that is not known", () => {
    expect([hasField(undefined), isOurs(undefined)]).toEqual([false, false]);
  });

  it("explain differences of a chip by its own table, by the K24's, or by none", () => {
    expect(chipToExplain(namedDevice("STM32F407VG (x)"))).toMatchObject({ name: "STM32F407VG" });
    expect(chipToExplain(namedDevice("STM32F407VG")).banks[0].start).toBe(0x0800_0000);
    expect(chipToExplain(namedDevice("S32K144 (x)"))).toMatchObject({ name: "S32K144", protection: expect.anything() });
    expect(chipToExplain(namedDevice("quux"))).toMatchObject({ name: "quux", protection: undefined });
    expect(chipToExplain(undefined)).toMatchObject({ name: "chip", protection: undefined });
  });
});

describe("the lock of every family, and of one that is not known", () => {
  const locks: readonly (readonly [string, FamilyLock])[] = [...Object.entries(FAMILY_LOCKS), ["any", ANY_LOCK]];
  const sentence = /^\S+( \S+)+\.$/;

  it.each(locks)("%s: has what it is, what decides, and what opening costs", (_, { what, test, cost }) => {
    expect(what).toMatch(/^\w[\w(),; ']+[\w)]$/);
    expect(what.split(" ").length).toBeGreaterThan(3);
    for (const text of [test, cost]) expect(text).toMatch(sentence);
  });

  it.each(locks)("%s: has words for each tool that it lists, and for any other", (_, { open }) => {
    expect(open.any).toBeDefined();
    for (const text of Object.values(open)) expect(text).toMatch(sentence);
  });

  it.each(locks.filter(([, { writeProtection }]) => writeProtection))(
    "%s: names its write protection, how it is read, and how it goes away",
    (_, { writeProtection }) => {
      expect(writeProtection?.what.split(" ").length).toBeGreaterThan(3);
      expect(writeProtection?.test).toMatch(sentence);
      expect(writeProtection?.remedy.length).toBeGreaterThan(0);
      for (const text of writeProtection?.remedy ?? []) expect(text).toMatch(sentence);
    },
  );
});
