import { describe, expect, it } from "vitest";
import type { ProtectionScheme } from "../../../src/chips/protection-scheme.ts";
import { lockingFields, openBytes } from "../../../src/protection/chip-fields.ts";
import { decodeGroup } from "../../../src/protection/decode-group.ts";
import { effectiveImage } from "../../../src/protection/effective-image.ts";
import { blankState, keptOpen, placedFields, readField, stateOf } from "../../../src/protection/field-value.ts";
import { needsOfFindings } from "../../../src/protection/finding-needs.ts";
import { lintFields } from "../../../src/protection/lint-fields.ts";
import { type LockAnswer, lockPlaces, lockStateOf } from "../../../src/protection/lock-state.ts";
import { readAt } from "../../../src/image/image-bytes.ts";
import { lpc, nrf52Early, nrf52Hardened, samD21 } from "../../support/families/others.ts";
import { stm32F1, stm32F4, stm32G0 } from "../../support/families/stm32.ts";
import { imageOf } from "./images.ts";

const word = (value: number): readonly number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
const BYTES = Array.from({ length: 256 }, (_, value) => value);

/** What the evaluator says of bytes at addresses: state, findings, what a plan needs as they are, and under keep-open. */
function judged(scheme: ProtectionScheme, ...runs: [address: number, bytes: readonly number[]][]) {
  const image = imageOf(...runs);
  const chip = { name: scheme.family, protection: scheme };
  const read = (address: number) => readAt(image, address);
  const asImage = effectiveImage(image, chip, "as-image");
  const open = effectiveImage(image, chip, "keep-open");
  const findings = lintFields({ scheme, read });
  const needs = [...asImage.needs, ...needsOfFindings(findings, asImage.needs, image, chip)];
  return {
    states: placedFields(scheme).flatMap((placed) => readField(placed, read)?.state.state ?? []),
    findings: findings.map(({ id, severity }) => `${severity} ${id}`),
    needs: needs.map(({ act, token }) => (token ? `${act} by token` : act)),
    kept: placedFields(scheme).flatMap(
      (placed) => readField(placed, (address) => readAt(open.image, address))?.state.debug ?? [],
    ),
    changes: open.changes.map(({ address, from, to, field }) => [field, address, from, to]),
  };
}

const field = (scheme: ProtectionScheme, name: string) => {
  const placed = placedFields(scheme).find((each) => each.field.name === name);
  if (!placed) throw new Error(`${scheme.family} has no ${name}`);
  return placed;
};

describe("STM32F4's OPTCR", () => {
  const optcr = (rdp: number, wrp = 0xfff) => [0x40023c14, word((wrp << 16) | (rdp << 8) | 0xed)] as [number, number[]];

  it("is level 0 with AA, level 2 with CC and level 1 with each of the other 254 values", () => {
    for (const rdp of BYTES) {
      const level = rdp === 0xaa ? "level-0" : rdp === 0xcc ? "level-2" : "level-1";
      const { states, findings, needs, kept } = judged(stm32F4, optcr(rdp));
      const expected = {
        "level-0": [[], []],
        "level-1": [["lock rdp-level-1"], ["lock"]],
        "level-2": [["brick rdp-level-2"], ["lock-for-ever by token"]],
      }[level];
      expect([states, findings, needs, kept]).toEqual([[level], ...expected, ["open"]]);
    }
  });

  it("gives another token for another value of the options", () => {
    const token = (wrp: number) => {
      const image = imageOf(optcr(0xcc, wrp));
      return effectiveImage(image, { name: "STM32F407", protection: stm32F4 }, "as-image").needs[0].token;
    };
    expect(token(0xfff)).toMatch(/^irrev-lock-for-ever-[0-9a-f]{8}$/);
    expect(token(0xffe)).not.toBe(token(0xfff));
  });

  it("changes RDP alone under keep-open", () => {
    expect(judged(stm32F4, optcr(0x55)).changes).toEqual([["RDP", 0x40023c15, 0x55, 0xaa]]);
  });

  it("protects sectors of uneven sizes where a bit is clear", () => {
    const lint = (wrp: number) =>
      lintFields({ scheme: stm32F4, read: (address) => readAt(imageOf(optcr(0xaa, wrp)), address) });
    expect(lint(0xfef)[0]).toMatchObject({
      id: "wrp-protects",
      what: "nWRP at 0x40023C14 protects 0x08010000-0x0801FFFF.",
    });
    expect(lint(0x000)[0]).toMatchObject({ id: "wrp-protects-all" });
    expect(lint(0xfff)).toEqual([]);
    expect(decodeGroup(stm32F4.groups[0], Uint8Array.from(optcr(0xaa, 0xffe)[1]))[0]).toMatchObject({
      name: "nWRP",
      bits: "11:0",
      value: "0x0FFE",
      meaning: "regions 0 to 11: protects 0x08000000-0x08003FFF",
    });
  });

  it.each([
    ["level 0", [0x0fffaaed, 0x20020000], "level-0", false, undefined],
    ["level 1, whose flash refuses reads", [0x0fff55ed, "fault"], "level-1", true, "level 0"],
    ["a chip that answers nothing", [undefined, undefined], "unknown", true, undefined],
  ] as const)("shows %s to the lock doctor", (_, [options, flash], state, locked, exit) => {
    if (!stm32F4.lock) throw new Error("no lock table");
    const answer = (place: { on: string; address?: number }): LockAnswer =>
      place.address === 0x40023c14 ? options : flash;
    const found = lockStateOf({ lock: stm32F4.lock, exits: stm32F4.exits }, answer);
    expect([found.state, found.locked, found.exit?.name, found.certain]).toEqual([state, locked, exit, true]);
  });
});

describe("nRF52's APPROTECT", () => {
  it("locks hardened parts with every low byte but 5A, blank ones too", () => {
    for (const low of BYTES) {
      const { states, findings, needs, kept } = judged(nrf52Hardened, [0x10001208, word(0xffffff00 | low)]);
      const is = low === 0x5a ? [["open"], [], []] : [["protected"], ["lock approtect-protects"], ["lock"]];
      expect([states, findings, needs, kept]).toEqual([...is, ["open"]]);
    }
    expect(blankState(field(nrf52Hardened, "APPROTECT"))?.state).toBe("protected");
  });

  it("locks early parts with 00 alone, and leaves blank ones open", () => {
    for (const low of BYTES)
      expect(judged(nrf52Early, [0x10001208, word(0xffffff00 | low)]).states).toEqual([
        low === 0 ? "protected" : "open",
      ]);
    expect(blankState(field(nrf52Early, "APPROTECT"))?.state).toBe("open");
  });

  it("is written open with the erase on hardened parts, and left erased on early ones", () => {
    expect([...openBytes(nrf52Hardened.groups[0])]).toEqual([0x5a, 0xff, 0xff, 0xff]);
    expect(field(nrf52Hardened, "APPROTECT").field.sequence).toEqual({ withErase: true });
    expect([...openBytes(nrf52Early.groups[0])]).toEqual([0xff, 0xff, 0xff, 0xff]);
  });

  it("is warned of as a gap where the image uses its page and leaves it out", () => {
    const sectorOf = () => ({ start: 0x10001000, isUsed: true });
    const found = (scheme: ProtectionScheme) => lintFields({ scheme, read: () => undefined, sectorOf });
    expect(found(nrf52Hardened)).toMatchObject([{ id: "field-gap", severity: "info", address: 0x10001208 }]);
    expect(found(nrf52Early)).toEqual([]);
  });

  it.each([
    [1, "open", false],
    [0, "protected", true],
  ])(
    "shows as APPROTECTSTATUS %s on access port 1, with the erase of everything as the way out",
    (word, state, locked) => {
      const { lock, exits } = nrf52Hardened;
      if (!lock) throw new Error("no lock table");
      expect([lock.port, lockPlaces(lock)]).toEqual([{ index: 1, idr: 0x02880000 }, [{ on: "port", register: 0x0c }]]);
      const found = lockStateOf({ lock, exits }, () => word);
      expect([found.state, found.locked, found.exit?.procedure.loses]).toEqual([
        state,
        locked,
        "Everything in flash and UICR.",
      ]);
    },
  );
});

describe("STM32F1's option bytes", () => {
  const rdp = (value: number, complement = ~value & 0xff) => judged(stm32F1, [0x1ffff800, [value, complement]]);

  it("are open with A5 and its complement, protected with each of the other 255 values", () => {
    for (const value of BYTES) expect(rdp(value).states).toEqual([value === 0xa5 ? "open" : "protected"]);
  });

  it("are protected where the complement does not fit, and both are mended under keep-open", () => {
    expect(rdp(0xa5, 0xff)).toMatchObject({
      states: ["protected"],
      findings: ["lock rdp-protects"],
      needs: ["lock"],
      kept: ["open"],
      changes: [["RDP", 0x1ffff801, 0xff, 0x5a]],
    });
  });

  it("are protected blank, and open as a tool leaves them, complement included", () => {
    expect(blankState(field(stm32F1, "RDP"))?.state).toBe("protected");
    expect([...openBytes(stm32F1.groups[0]).subarray(0, 2)]).toEqual([0xa5, 0x5a]);
  });
});

describe("STM32G0's RDP and BOOT_LOCK", () => {
  const g0 = (rdp: number, bootLock: 0 | 1) =>
    judged(stm32G0, [0x40022020, word(0xfffffe00 | rdp)], [0x40022080, word(bootLock << 16)]);

  it("close the chip for ever together, and each alone does not", () => {
    expect(g0(0xaa, 0)).toMatchObject({ findings: [], needs: [] });
    expect(g0(0xbb, 0)).toMatchObject({ findings: ["lock rdp-level-1"], needs: ["lock"] });
    expect(g0(0xaa, 1)).toMatchObject({ findings: ["warn boot-lock"], needs: [] });
    expect(g0(0xbb, 1)).toMatchObject({
      findings: ["warn boot-lock", "brick rdp-with-boot-lock"],
      needs: ["lock", "lock-for-ever by token"],
    });
  });

  it("are judged together where one is not named: it has its open value", () => {
    expect(judged(stm32G0, [0x40022020, word(0xfffffebb)]).needs).toEqual(["lock"]);
    expect(judged(stm32G0, [0x40022080, word(1 << 16)]).findings).toEqual(["warn boot-lock"]);
  });
});

describe("SAM D21's security bit", () => {
  it("is set by a command, shows in the DSU, and needs a consent", () => {
    expect(judged(samD21, [0x41002002, [0x03]])).toMatchObject({
      states: ["protected"],
      findings: ["lock security-bit"],
      needs: ["lock"],
    });
    expect(judged(samD21, [0x41002002, [0x02]])).toMatchObject({ states: ["open"], findings: [], needs: [] });
    expect(lockingFields({ protection: samD21 })).toEqual([]);
  });

  it.each([
    [0x02, "open"],
    [0x03, "protected"],
    ["fault", "protected"],
  ] as const)("is, read as %s, %s to the lock doctor", (answer, state) => {
    if (!samD21.lock) throw new Error("no lock table");
    expect(lockStateOf({ lock: samD21.lock, exits: [] }, () => answer).state).toBe(state);
  });
});

describe("LPC's code read protection", () => {
  it.each([
    [0x12345678, "crp1", ["lock code-crp1"], ["lock"]],
    [0x87654321, "crp2", ["lock code-crp2"], ["lock"]],
    [0x43218765, "crp3", ["brick code-crp3"], ["lock-for-ever by token"]],
    [0x4e697370, "no-isp", ["warn no-isp"], []],
    [0xffffffff, "none", [], []],
    [0x00000000, "none", [], []],
    [0x12345679, "none", [], []],
  ])("of %s is %s", (value, state, findings, needs) => {
    expect(judged(lpc, [0x2fc, word(value)])).toMatchObject({ states: [state], findings, needs, kept: ["open"] });
  });
});

describe("every table", () => {
  it.each([stm32F4, stm32F1, stm32G0, nrf52Hardened, nrf52Early, samD21, lpc])(
    "$family keeps open what it changes, and has a state for every value",
    (scheme) => {
      for (const placed of placedFields(scheme).filter(({ field: { states } }) => states.length > 0)) {
        for (const value of [...BYTES, 0x12345678, 0x43218765, 0xffffffff])
          expect(stateOf(placed.field, keptOpen(placed, value)).debug).toBe("open");
      }
    },
  );

  it("has no locks at all where there is none: nothing is changed and nothing asked", () => {
    const image = imageOf([0, [1, 2, 3]], [0x400, Array(16).fill(0)]);
    const chip = { name: "unknown", protection: undefined };
    expect(effectiveImage(image, chip, "keep-open")).toEqual({ image, changes: [], needs: [] });
  });
});
