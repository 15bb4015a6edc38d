import type { Chip } from "../../chips/chip.ts";
import { ChipError } from "../../chips/chip-error.ts";
import { nearNames, searchChips } from "../../chips/list.ts";
import type { Json } from "../../base/errors.ts";
import { address32, byte8 } from "../../base/u32.ts";
import { bootBank, coreName, firmwareBanks, flashSize } from "../../chips/banks.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import { originNote } from "../../report/chip-report.ts";
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
    origin: chip.origin,
    core: coreName(chip),
    flash: flashJson(bootBank(chip)),
    banks: chip.banks.map(bankJson),
  }));
  return { result: { chips: result }, text: found.map(lineOf), exit: 0 };
}

/** The bank that the core starts from, as the first released version had it. */
const flashJson = ({ start, length, sectors }: FlashBank): { readonly [key: string]: Json } => ({
  start: address32(start),
  length,
  sector: Math.max(...sectors.map(({ size }) => size)),
});

const bankJson = ({ id, name, kind, start, length, sectors, erased, write }: FlashBank): Json => ({
  id,
  name,
  kind,
  start: address32(start),
  length,
  sectors: sectors.map(({ size, count }) => ({ size, count })),
  erased: byte8(erased),
  unit: write.unit,
});

function lineOf(chip: Chip): string {
  const sizes = [...new Set(firmwareBanks(chip).flatMap(({ sectors }) => sectors.map(({ size }) => size)))];
  const sectors = sizes.map(kilobytes).join(", ");
  const flash = `${kilobytes(flashSize(chip))} flash in ${sectors} sectors`;
  return `${chip.name}  ${chip.vendor} ${chip.family}, ${coreName(chip)}, ${flash}${originNote(chip)}`;
}

function noneHas(text: string): ChipError {
  const near = nearNames(text);
  const also = near.length > 0 ? `; near it: ${near.join(", ")}` : "";
  return new ChipError("chip-unknown", `No chip's name, order code or family holds "${text}"${also}`, {
    details: { name: text, near },
  });
}

const kilobytes = (bytes: number): string => `${bytes / 1024} KB`;
