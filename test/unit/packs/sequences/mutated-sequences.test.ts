import { describe, expect, it } from "vitest";
import { codeOf } from "../../../../src/base/errors.ts";
import { cmsisPack } from "../../../../src/packs/pdsc/cmsis-pack.ts";
import { Chance } from "../../../support/chance.ts";
import { mutated } from "../../../support/mutated.ts";
import { run } from "./job.ts";

/** A sequence with every construct of the language. */
const TEXT = `<package><vendor>Made</vendor><name>Up_DFP</name><devices><family Dfamily="F" Dvendor="M:1"><device Dname="D">
<debugvars>__var Mask = 0x7; // of the ID</debugvars>
<sequences>
  <sequence name="S">
    <block>
      __var id = 0; __var tries = 10u;
      id = Read32(0xE0042000) &amp; ~(Mask &lt;&lt; 4) | (tries != 3 ? 0x410 : 0b11);
      Message(0, "ID %08X", id);
      Sequence("T"); Sequence("ResetHardware");
    </block>
    <control if="id == 0x410 || !id">
      <block atomic="1">Write32(0xE000EDFC, 0x01000401); WriteAP(0x0, id * 3 % 7); DAP_Delay(1000);</block>
      <control while="(Read32(0xE000EDF0) &amp; 0x20000) == 0 &amp;&amp; tries" timeout="1000"><block>tries -= 1;</block></control>
    </control>
  </sequence>
  <sequence name="T"><block>__Result = Query(0, "Go?", 1) + DAP_SWJ_Pins(0, 0x80, 0) ^ 5;</block></sequence>
</sequences></device></family></devices></package>`;

async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    const pack = cmsisPack(bytes);
    for (const name of pack.devices) {
      const { sequences, debugVars } = pack.device(name);
      await run(sequences, { ...(debugVars !== undefined && { debugVars }), limits: { rounds: 2000, parts: 20_000 } });
    }
    return "run";
  } catch (error) {
    return codeOf(error) ?? `untyped: ${String(error)}`;
  }
}

/** Changes within the sequences alone: the XML around them stays as it is. */
function withinSequences(chance: Chance): Uint8Array {
  const [start, end] = [TEXT.indexOf("<block>") + 7, TEXT.indexOf("</block>")];
  const bytes = new TextEncoder().encode(TEXT.slice(start, end));
  const changed = new TextDecoder("latin1").decode(mutated(bytes, chance)).replace(/[<>&]|[^\x20-\x7e]/g, " ");
  return new TextEncoder().encode(TEXT.slice(0, start) + changed + TEXT.slice(end));
}

describe("1,000 mutated sequences", () => {
  it.each([
    ["the whole description", (chance: Chance) => mutated(new TextEncoder().encode(TEXT), chance)],
    ["the text of a block", withinSequences],
  ])("%s: they run or end with a code of Flashproof's", async (_, change) => {
    expect(await outcome(new TextEncoder().encode(TEXT))).toBe("run");
    const chance = new Chance(1903);
    const outcomes = new Map<string, number>();
    for (let i = 0; i < 1000; i++) {
      const found = await outcome(change(chance));
      outcomes.set(found, (outcomes.get(found) ?? 0) + 1);
    }
    expect([...outcomes.keys()].filter((code) => code.startsWith("untyped"))).toEqual([]);
    expect([...outcomes.keys()]).toEqual(expect.arrayContaining(["run", "sequence-invalid"]));
  });
});
