import { describe, expect, it } from "vitest";
import { findChip } from "../../../../src/chips/list.ts";
import { permit } from "../../../../src/flash/permit.ts";
import { planFlash } from "../../../../src/flash/plan/plan.ts";
import { buildImage } from "../../../../src/image/build-image.ts";
import type { FlashJob } from "../../../../src/session/flash-job.ts";
import type { Twin } from "../../../../src/twin/usb.ts";
import { board, flashBoard, onTarget } from "../../../support/board.ts";

const chip = findChip("STM32F407xG");
const OPTIONS = 0x1fffc000;

/** An image of half-words of the option bytes: user byte and RDP, or nWRP. */
const optionImage = (...halves: readonly (readonly [offset: number, value: number])[]) =>
  buildImage({
    format: "raw",
    segments: halves.map(([offset, value]) => ({
      name: "options",
      address: OPTIONS + offset,
      bytes: Uint8Array.of(value & 0xff, value >>> 8),
    })),
  });

const RDP1 = optionImage([0, 0x55ff]);
const RDP2 = optionImage([0, 0xccff]);

/** What a plan of an image of option bytes asks for. */
const needsOf = (image: ReturnType<typeof optionImage>) =>
  planFlash({ chip, image, policy: "as-image", keepRest: true, banks: ["options"] }).needs;

const options = (twin: Twin): string => Buffer.from(twin.peekFlash(OPTIONS, 12)).toString("hex");

const programs = (twin: Twin, image: ReturnType<typeof optionImage>, job: Partial<FlashJob> = {}) =>
  flashBoard(twin, image, { policy: "as-image", banks: ["options"], ...job });

/** Whether a debugger that connects anew gets at the flash, and what it is told. */
const lockOf = (twin: Twin) => onTarget(twin, (session) => session.lock());

describe("a plan with option bytes", () => {
  it("asks for a consent where RDP is level 1, with what it would do", () => {
    expect(needsOf(RDP1)).toEqual([expect.objectContaining({ act: "lock", address: OPTIONS + 1, value: 0x55 })]);
    expect(needsOf(RDP1)[0].why).toContain("RDP 0x55 (level 1");
    expect(needsOf(RDP1)[0].token).toBeUndefined();
  });

  it("asks for its token where RDP is level 2, which nothing undoes", () => {
    const [need] = needsOf(RDP2);
    expect([need.act, need.value]).toEqual(["lock-for-ever", 0xcc]);
    expect(need.token).toMatch(/\w{4}/);
  });

  it.each([0x00, 0x01, 0xab, 0xcd, 0xff, 0x33])("takes RDP 0x%s for level 1", (rdp) => {
    expect(needsOf(optionImage([0, (rdp << 8) | 0xff])).map(({ act }) => act)).toEqual(["lock"]);
  });

  it("asks for nothing where RDP is level 0 and sectors are protected, and warns of these", () => {
    const plan = planFlash({
      ...{ chip, policy: "as-image", keepRest: true, banks: ["options"] },
      image: optionImage([0, 0xaaff], [8, 0x0ffe]),
    });
    expect(plan.needs).toEqual([]);
    expect(plan.findings.map(({ id }) => id)).toEqual(["wrp-protects"]);
  });

  it("keeps the chip open under the policy keep-open, and declares that", () => {
    const plan = planFlash({ chip, image: RDP2, policy: "keep-open", keepRest: true, banks: ["options"] });
    expect(plan.changes).toEqual([expect.objectContaining({ address: OPTIONS + 1, from: 0xcc, to: 0xaa })]);
    expect(plan.needs).toEqual([]);
  });
});

describe.each(["ram", "direct"] as const)("option bytes through the %s loader", (loader) => {
  it("stand on the chip as in the image, with the complements that the controller makes", async () => {
    const twin = board({ chip: chip.name, flash: "zero" });
    const { verify } = await programs(twin, optionImage([0, 0xaadf], [8, 0x0ffe]), { loader });
    expect(verify.verdict).toBe("equal");
    expect(options(twin)).toBe("dfaa2055fffffffffe0f01f0".slice(0, 8) + "ffffffff" + "fe0f01f0");
  });

  it("are refused without the consent, and nothing is written", async () => {
    const twin = board({ chip: chip.name, flash: "zero" });
    const before = options(twin);
    await expect(programs(twin, RDP1, { loader })).rejects.toMatchObject({ code: "consent-missing" });
    await expect(programs(twin, RDP2, { loader, permits: [permit("lock")] })).rejects.toMatchObject({
      code: "consent-missing",
    });
    expect(options(twin)).toBe(before);
  });
});

describe("read protection that was consented to", () => {
  it("of level 1 locks the chip at its next reset, and unlocking opens it with the loss of its flash", async () => {
    const twin = board({ chip: chip.name, flash: "zero" });
    await programs(twin, RDP1, { permits: [permit("lock")] });
    await onTarget(twin, (session) => session.reset("system", "halt")).catch(() => {});
    expect(await lockOf(twin)).toMatchObject({ state: "level-1", locked: true });
    await onTarget(twin, (session) => session.unlock([permit("mass-erase")]));
    expect(await lockOf(twin)).toMatchObject({ state: "level-0", locked: false });
  });

  it("of level 2 takes the debug port away at the next power-on", async () => {
    const twin = board({ chip: chip.name, flash: "zero" });
    const [{ token = "" }] = needsOf(RDP2);
    await programs(twin, RDP2, { permits: [permit("lock-for-ever", token)] });
    twin.powerCut();
    await twin.clock.sleep(20_000);
    await expect(lockOf(twin)).rejects.toMatchObject({ code: "dp-no-target" });
  });
});
