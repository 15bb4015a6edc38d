import { describe, expect, it } from "vitest";
import { CortexCore } from "../../../src/cortex/cortex-core.ts";
import { FakeCore } from "./fake-core.ts";
import { setUp } from "./lab.ts";
import { inHex } from "../../support/hex.ts";

describe("core identity", () => {
  it("of the K24 is Cortex-M4 r0p1 with FPU, 6 code and 2 literal comparators, 4 watchpoints", async () => {
    const { core } = await setUp();
    expect(core.identity).toEqual({
      cpuid: 0x410fc241,
      name: "Cortex-M4",
      revision: 0,
      patch: 1,
      hasFpu: true,
      codeBreakpoints: 6,
      literalBreakpoints: 2,
      watchpoints: 4,
    });
  });

  it.each(
    inHex([
      [0x410cc200, "Cortex-M0", 0, 0],
      [0x410cc210, "Cortex-M1", 0, 0],
      [0x412fc230, "Cortex-M3", 2, 0],
      [0x411fc272, "Cortex-M7", 1, 2],
      [0x410cc601, "Cortex-M0+", 0, 1],
      [0x411fd200, "Cortex-M23", 1, 0],
      [0x410fd214, "Cortex-M33", 0, 4],
      [0x410fdead, "unknown core 0x410FDEAD", 0, 13],
    ]),
  )("of CPUID %s is %s", async (_, name, revision, patch, cpuid) => {
    const fake = new FakeCore();
    fake.words.set(0xe000ed00, cpuid).set(0xe000ef40, 0);
    const { identity } = await CortexCore.open(fake, fake.clock);
    expect(identity).toMatchObject({ name, revision, patch, hasFpu: false });
  });

  it("fails with core-not-found where no core answers or the bus refuses", async () => {
    const silent = new FakeCore();
    for (const cpuid of [0, 0xffffffff]) {
      silent.words.set(0xe000ed00, cpuid);
      await expect(CortexCore.open(silent, silent.clock)).rejects.toMatchObject({
        code: "core-not-found",
        message: expect.stringContaining("Cortex-M"),
      });
    }
    const locked = new FakeCore();
    locked.refuses = true;
    await expect(CortexCore.open(locked, locked.clock)).rejects.toMatchObject({
      code: "core-not-found",
      cause: { code: "memory-fault" },
    });
  });
});

describe("core identity: comparators", () => {
  it("are counted by NUM_CODE's seven bits in two fields, NUM_LIT and NUMCOMP", async () => {
    const fake = new FakeCore();
    fake.words.set(0xe0002000, 0x7f3f).set(0xe0001000, 0x10000000);
    const { identity } = await CortexCore.open(fake, fake.clock);
    expect([identity.codeBreakpoints, identity.literalBreakpoints, identity.watchpoints]).toEqual([0x73, 15, 1]);
  });
});
