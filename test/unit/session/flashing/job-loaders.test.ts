import { describe, expect, it } from "vitest";
import { Trace, type TraceRecord } from "../../../../src/base/trace.ts";
import type { Chip } from "../../../../src/chips/chip.ts";
import type { FlashBank } from "../../../../src/chips/flash-bank.ts";
import { MK24FN1M0xxx12 as k24 } from "../../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import type { LoaderName } from "../../../../src/flash/loader.ts";
import { loadersOf } from "../../../../src/session/flashing/job-loaders.ts";
import type { Session } from "../../../../src/session/session.ts";
import { FakeClock } from "../../probe/fake-clock.ts";

const [bank] = k24.banks;
const clock = new FakeClock();

/** The loaders of a session that has a chip and a core that nothing is asked of. */
const loaders = (chip: Chip, name: LoaderName = "ram", trace?: Trace) =>
  loadersOf({ core: { memory: {} }, chip, clock, found: { trace } } as unknown as Session, name);

describe("the loader of a bank", () => {
  it.each(["ram", "direct"] as const)("erases a whole bank on a chip of Flashproof's own (%s)", (name) => {
    expect(loaders(k24, name)(bank).eraseBank).toBeTypeOf("function");
  });

  it.each([
    ["pack", "ram"],
    ["pack", "direct"],
    ["user", "ram"],
    ["user", "direct"],
  ] as const)("erases sectors and no whole bank on a chip from a %s, whose bank may be a part (%s)", (origin, name) => {
    const loader = loaders({ ...k24, origin }, name)(bank);
    expect(loader.eraseBank).toBeUndefined();
    expect([loader.eraseSector, loader.program, loader.stop].map((method) => typeof method)).toEqual(
      Array(3).fill("function"),
    );
  });

  it("is the one that was named, and the same for all banks of a controller", () => {
    for (const name of ["ram", "direct"] as const) {
      const loaderFor = loaders(k24, name);
      expect(loaderFor(bank).name).toBe(name);
      expect(loaderFor({ ...bank, id: "second" })).toBe(loaderFor(bank));
    }
  });

  it("is another one for a bank of another controller", () => {
    const loaderFor = loaders(k24);
    const { controller } = bank;
    const other = { ...bank, ...(controller && { controller: { ...controller, registers: 0x40030000 } }) };
    expect(loaderFor(other)).not.toBe(loaderFor(bank));
  });

  const { controller: _, ...alone } = bank;
  const foreign = { ...bank, algorithm: {} as NonNullable<FlashBank["algorithm"]> };
  it.each([
    ["that has no controller", alone, "ram"],
    ["whose foreign algorithm needs code in RAM", foreign, "direct"],
  ] as const)("is missing for a bank %s", (_, of, name) => {
    expect(() => loaders(k24, name)(of)).toThrow(
      expect.objectContaining({ code: "no-loader", details: { chip: k24.name, bank: bank.id } }),
    );
  });

  it("writes records where the session has a trace", async () => {
    const records: TraceRecord[] = [];
    const trace = new Trace(clock, { level: "trace", write: (record) => void records.push(record) });
    await loaders(
      k24,
      "direct",
      trace,
    )(bank)
      .program(bank, 1, new Uint8Array(8))
      .catch(() => {});
    expect(records).toMatchObject([{ layer: "flash", event: "program" }]);
  });
});
