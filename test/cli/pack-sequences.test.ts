import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Workspace } from "./workspace.ts";

let workspace: Workspace;
let pack: string;
beforeEach(() => {
  workspace = new Workspace();
  pack = workspace.write("Made.Seq_DFP.pdsc", PDSC);
});
afterEach(() => workspace.clear());

/** A family's sequences, of which its device has one of its own and one for each of two processors. */
const PDSC = `<package><vendor>Made</vendor><name>Seq_DFP</name><description>made up</description>
<releases><release version="1.0.0"/></releases><devices><family Dfamily="F" Dvendor="Maker:1">
<processor Pname="CM7" Dcore="Cortex-M7"/><processor Pname="CM4" Dcore="Cortex-M4"/>
<memory name="RAM" access="rwx" start="0x20000000" size="0x1000" default="1"/>
<debug Pname="CM7" __ap="0"/><debug Pname="CM4" __ap="3"/>
<debugvars>__var Mask = 0xFFF;</debugvars>
<sequences>
  <sequence name="ResetSystem" info="by the core">
    <block>
      Sequence("ResetCatchSet");
      Write32(0xE000ED0C, 0x05FA0004);
      DAP_Delay(1000);
    </block>
    <control while="(Read32(0xE000EDF0) &amp; 0x02000000) == 0" timeout="500000"/>
    <control if="__protocol == 1"><block>DAP_JTAG_Sequence(1, 2, 3);</block></control>
    <control while="1" timeout="50000"/>
  </sequence>
  <sequence name="CheckID">
    <block>__var id = Read32(0xE0042000) &amp; Mask;</block>
    <control if="id != 0x413"><block>Message(2, "ID is 0x%03X", id);</block></control>
  </sequence>
  <sequence name="TraceStart"><block>Write32(0xE000EDFC, 0x01000000);</block></sequence>
  <sequence name="TraceStop" disable="1"/>
  <sequence name="Unfinished"><block>Write32(0, ;</block></sequence>
  <sequence name="Endless"><control while="1"><block>Write8(0x40000000, 1);</block></control></sequence>
  <sequence name="Loading"><block>DAP_SWJ_Sequence(16, 0xE79E); LoadDebugInfo("a.axf");</block></sequence>
  <sequence name="Second" Pname="CM4"><block>Read16(0x20000000); __Result = -1;</block></sequence>
</sequences>
<device Dname="D"><sequences><sequence name="TraceStart"><block>WriteDP(0x8, 0); WriteAP(0x4, Query(1, "Which?", 9)); ReadAP(0xFC);</block></sequence></sequences></device>
<device Dname="E"/></family></devices></package>`;

const check = (device: string, name: string) => workspace.fp("pack", "check", pack, device, "--sequence", name);

describe("pack check --sequence", () => {
  it("prints what a sequence would do, register by register, and what in it is refused", async () => {
    const { exit, out } = await check("D", "ResetSystem");
    expect(exit).toBe(0);
    expect(out.trimEnd().split("\n")).toEqual([
      "sequence ResetSystem of D, CM7, on no chip: a register has the value that was written to it, or 0",
      "  functions in it that Flashproof does not have: DAP_JTAG_Sequence",
      "  calls ResetCatchSet",
      "  (ResetCatchSet is the debugger's own)",
      "  write AP 0, 32 bits at 0xE000ED0C (AIRCR): 0x05FA0004",
      "  waits 1000 us",
      "  read AP 0, 32 bits at 0xE000EDF0 (DHCSR): 0xFFFFFFFF, 1001 times",
      "  waits 50000 us",
      "  came to its end, __Result 0x00",
    ]);
  });

  it("takes a device's own sequence before its family's, with registers of ports by their names", async () => {
    const events = async (device: string) =>
      (await workspace.json("pack", "check", pack, device, "--sequence", "TraceStart")).result;
    expect(await events("D")).toMatchObject({
      sequence: {
        name: "TraceStart",
        events: [
          { kind: "write", place: "dp", port: "DP 0", address: "0x00000008", register: "SELECT", value: "0x00000000" },
          { kind: "query", text: "Which?", answer: "0x09" },
          { kind: "write", place: "ap", port: "AP 0", address: "0x00000004", value: "0x00000009", count: 1 },
          { kind: "read", place: "ap", port: "AP 0", register: "IDR", value: "0x00000000", count: 1 },
        ],
        result: "0x0000000000000000",
      },
    });
    expect(await events("E")).toMatchObject({ sequence: { events: [{ register: "DEMCR", value: "0x01000000" }] } });
  });

  it("runs the sequence of the one processor that has it, on its access port", async () => {
    const { exit, out } = await check("D", "Second");
    expect([exit, out.trimEnd().split("\n")]).toEqual([
      0,
      [
        "sequence Second of D, CM4, on no chip: a register has the value that was written to it, or 0",
        "  read AP 3, 16 bits at 0x20000000: 0x0000",
        "  came to its end, __Result -1, which stands for an error",
      ],
    ]);
  });

  it.each([
    ["CheckID", 1, "sequence-failed", { reason: "message", text: "ID is 0x000" }, 2],
    ["Unfinished", 7, "sequence-invalid", { reason: "syntax" }, undefined],
    ["Endless", 7, "sequence-limit", { reason: "rounds" }, 1],
    ["Loading", 7, "sequence-unsupported", { function: "LoadDebugInfo" }, 1],
    ["Nothing", 7, "sequence-invalid", { reason: "no-sequence" }, 0],
  ])("%s ends with exit %i and %s, after what it did until then", async (name, exit, code, details, events) => {
    const run = await workspace.json("pack", "check", pack, "D", "--sequence", name);
    expect(run).toMatchObject({ exit, error: { code, details } });
    const { sequence } = run.result as { readonly sequence?: { readonly events: readonly unknown[] } };
    expect(sequence?.events.length).toBe(events);
  });

  it("does nothing for a sequence that is switched off", async () => {
    const { exit, out } = await check("D", "TraceStop");
    expect([exit, out.trimEnd().split("\n").length]).toEqual([0, 2]);
  });

  it.each([
    ["check", []],
    ["show", ["D"]],
    ["list", []],
  ])("is refused in pack %s with %j behind the pack", async (action, words) => {
    const run = await workspace.json("pack", action, pack, ...words, "--sequence", "ResetSystem");
    expect([run.exit, run.error?.code]).toEqual([2, "usage"]);
  });

  it("has its names in pack show", async () => {
    const { out } = await workspace.fp("pack", "show", pack, "E");
    expect(out.trimEnd().split("\n").at(-1)).toBe(
      "sequences, which no session runs (pack check --sequence NAME): ResetSystem, CheckID, TraceStart, Unfinished, Endless, Loading, Second",
    );
  });
});
