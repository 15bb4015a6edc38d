import type { Chip } from "../../chips/chip.ts";
import { ChipError } from "../../chips/chip-error.ts";
import { nearNames, searchChips } from "../../chips/list.ts";
import { address32 } from "../../base/u32.ts";
import type { Answer } from "../output.ts";
import type { Invocation } from "../verb.ts";

/** `chips [TEXT]`: the chips that are known, those whose name holds TEXT. Throws `chip-unknown` where none does. */
export async function chips(invocation: Invocation): Promise<Answer> {
  const [text] = invocation.args;
  const found = searchChips(text);
  if (found.length === 0 && text !== undefined) throw noneHas(text);
  const result = found.map((chip) => ({
    name: chip.name,
    vendor: chip.vendor,
    family: chip.family,
    core: chip.core,
    flash: { start: address32(chip.flash.start), length: chip.flash.length, sector: chip.flash.sectorSize },
  }));
  return { result: { chips: result }, text: found.map(lineOf), exit: 0 };
}

function noneHas(text: string): ChipError {
  const near = nearNames(text);
  const also = near.length > 0 ? `; near it: ${near.join(", ")}` : "";
  return new ChipError("chip-unknown", `No chip's name, order code or family holds "${text}"${also}`, {
    details: { name: text, near },
  });
}

const lineOf = ({ name, vendor, family, core, flash }: Chip): string =>
  `${name}  ${vendor} ${family}, ${core}, ${kilobytes(flash.length)} flash in ${kilobytes(flash.sectorSize)} sectors`;

const kilobytes = (bytes: number): string => `${bytes / 1024} KB`;
