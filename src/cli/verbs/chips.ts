import { searchChips } from "../../chips/list.ts";
import { address32 } from "../../base/u32.ts";
import type { Answer } from "../output.ts";
import type { Invocation } from "../verb.ts";

/** `chips [TEXT]`: the chips that are known, those whose name holds TEXT. */
export async function chips(invocation: Invocation): Promise<Answer> {
  const found = searchChips(invocation.args[0]);
  const result = found.map((chip) => ({
    name: chip.name,
    vendor: chip.vendor,
    family: chip.family,
    core: chip.core,
    flash: { start: address32(chip.flash.start), length: chip.flash.length, sector: chip.flash.sectorSize },
  }));
  const text = found.map(
    (c) =>
      `${c.name}  ${c.vendor} ${c.family}, ${c.core}, ${c.flash.length / 1024} KB flash in ${c.flash.sectorSize / 1024} KB sectors`,
  );
  return { result: { chips: result }, text, exit: 0 };
}
