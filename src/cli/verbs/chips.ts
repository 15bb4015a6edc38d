import type { Chip } from "../../chips/chip.ts";
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
  return { result: { chips: result }, text: found.map(lineOf), exit: 0 };
}

const lineOf = ({ name, vendor, family, core, flash }: Chip): string =>
  `${name}  ${vendor} ${family}, ${core}, ${kilobytes(flash.length)} flash in ${kilobytes(flash.sectorSize)} sectors`;

const kilobytes = (bytes: number): string => `${bytes / 1024} KB`;
