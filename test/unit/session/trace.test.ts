import { describe, expect, it } from "vitest";
import { recordsBuilt, type TraceLayer, type TraceLevel, type TraceRecord } from "../../../src/base/trace.ts";
import { findChip } from "../../../src/chips/list.ts";
import { openProbe } from "../../../src/node/probes.ts";
import { connect } from "../../../src/session/connect.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { example } from "../../support/board.ts";
import { SOAKED_PROBES } from "../../support/probes.ts";

const chip = findChip("MK24FN1M0xxx12");
const LAYERS: readonly TraceLayer[] = ["usb", "probe", "dp", "ap", "memory", "core", "flash", "session"];

/** Flashes three sectors on a new board; resolves to the records written. */
async function traced(probe: string, level: TraceLevel | undefined): Promise<readonly TraceRecord[]> {
  const records: TraceRecord[] = [];
  const sink = level === undefined ? undefined : { level, write: (record: TraceRecord) => void records.push(record) };
  const open = await openProbe(`twin:${chip.name},probe=${probe},flash=zero`, sink);
  try {
    const { clock, trace } = open;
    const options = { probe: open.probe, clock, chip, hz: 4_000_000, how: "halt", ...(trace && { trace }) } as const;
    const session = await connect(options);
    await flashImage(session, { image: example("small.hex"), policy: "refuse", permits: [], keepRest: true });
  } finally {
    await open.close();
  }
  return records;
}

describe("a trace of a flash job", () => {
  it("shows CPUID, DPIDR and addresses in hex", async () => {
    const fieldsOf = async (event: string) =>
      (await traced("jlink", "debug")).find((one) => one.event === event)?.fields;
    expect(await fieldsOf("core")).toMatchObject({ identity: { cpuid: "0x410FC241" } });
    expect(await fieldsOf("dpidr")).toEqual({ value: "0x2BA01477" });
    expect(await fieldsOf("core-found")).toMatchObject({ romBase: "0xE00FF000" });
  });

  it.each(SOAKED_PROBES)("has records of every layer behind %s", async (probe) => {
    const records = await traced(probe, "trace");
    for (const layer of LAYERS)
      expect([layer, records.some((record) => record.layer === layer)]).toEqual([layer, true]);
    const times = records.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("names erased sectors with their addresses at level debug, and no packets", async () => {
    const records = await traced("jlink", "debug");
    const blanks = records.filter(({ layer, event }) => layer === "flash" && event === "ensureBlank");
    expect(blanks.map(({ fields }) => fields["address"])).toContain("0x00001000");
    expect(records.filter(({ layer }) => layer === "usb" || layer === "memory")).toEqual([]);
  });

  it("builds no record without a sink", async () => {
    const before = recordsBuilt();
    await traced("jlink", undefined);
    expect(recordsBuilt() - before).toBe(0);
  });

  it("takes the same virtual time with and without a sink", async () => {
    const last = async (level: TraceLevel | undefined) => {
      const open = await openProbe(`twin:${chip.name}`, level && { level, write: () => {} });
      const { clock, probe, trace } = open;
      await connect({ probe, clock, chip, hz: 4_000_000, how: "halt", ...(trace && { trace }) });
      const now = clock.now();
      await open.close();
      return now;
    };
    expect(await last("trace")).toBe(await last(undefined));
  });

  it("has the code of the error that ended a call", async () => {
    const records: TraceRecord[] = [];
    const sink = { level: "trace", write: (record: TraceRecord) => void records.push(record) } as const;
    const open = await openProbe(`twin:${chip.name},fault=noack@dap=1x1000`, sink);
    const { clock, probe, trace } = open;
    const options = { probe, clock, chip, hz: 4_000_000, how: "halt", ...(trace && { trace }) } as const;
    await expect(connect(options)).rejects.toMatchObject({ code: "dp-no-target" });
    await open.close();
    expect(records.filter(({ layer, error }) => layer === "dp" && error === "dap-no-ack").length).toBeGreaterThan(0);
    expect(records.find(({ event }) => event === "select the wire")?.error).toBe("dp-no-target");
  });
});
