import { describe, expect, it } from "vitest";
import type { Component } from "../../../src/adi/rom-table.ts";
import { connectLines } from "../../../src/commander/console/connect-console.ts";
import { formOf } from "../../../src/commander/texts/forms.ts";
import { run } from "./lab.ts";

const { texts } = formOf();

const part = (base: number, pid: number): Component => ({ base, cid: 0xb105e00d, pid, designer: 0x23b });

describe("the lines of a connection", () => {
  it("end the search for access ports behind the last one, before the ports themselves", () =>
    expect(
      connectLines(
        {
          event: "aps",
          aps: [{ index: 0, idr: 0x24770011, name: "AHB-AP", isMemory: true, designer: 0x23b }],
        },
        texts,
      ),
    ).toEqual([
      "Scanning AP map to find all available APs",
      "AP[1]: Stopped AP scan as end of AP map has been reached",
      "AP[0]: AHB-AP (IDR: 0x24770011)",
    ]));
  it("number the tables in tables", () => {
    const inner = {
      base: 0xe00fe000,
      cid: 0xb105100d,
      pid: 0,
      designer: 0x23b,
      components: [part(0xe0001000, 0x3bb002)],
    };
    const table: Component = { base: 0xe00fe000, cid: 0xb105100d, pid: 0, designer: 0x23b, table: inner };
    const components = [table, part(0xe000e000, 0xbb00c)];
    expect(connectLines({ event: "components", base: 0xe00ff000, components }, texts)).toEqual([
      "CoreSight components:",
      "ROMTbl[0] @ E00FF000",
      "[0][0]: E00FE000 CID B105100D PID 00000000 ROM Table",
      "[0][1]: E000E000 CID B105E00D PID 000BB00C SCS-M7",
      "ROMTbl[1] @ E00FE000",
      "[1][0]: E0001000 CID B105E00D PID 003BB002 DWT",
    ]);
  });
});

describe("Flashproof's own words", () => {
  it("note each option that has no effect", async () =>
    expect((await run("", { projectFile: "x.jlink" })).notes.join("\n")).toMatch(/projectFile .* has no effect/));
  it("have the details of each error with --verbose", async () => {
    const failing = { verbose: true } as const;
    expect((await run("mem32 F0000000 1", failing)).notes.join("\n")).toMatch(
      /detail: memory-fault \{"address":"0xF0000000"/,
    );
    expect((await run("mem32 F0000000 1")).notes.join("\n")).not.toMatch(/detail:/);
  });
  it("are none with quiet", async () => expect((await run("setpc", { quiet: true })).notes).toEqual([]));
});
