import type { Chip } from "../../chips/chip.ts";
import { ChipError } from "../../chips/chip-error.ts";
import { nearNames, searchChips } from "../../chips/list.ts";
import { FlashproofError, type Json } from "../../base/errors.ts";
import { address32, byte8 } from "../../base/u32.ts";
import { bootBank, coreName } from "../../chips/banks.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import { originText, siliconText } from "../../report/chip-report.ts";
import { inColumns } from "../../report/columns.ts";
import { openCatalogue } from "../../node/packs/store/catalogue-file.ts";
import type { Catalogue, FoundDevice } from "../../packs/store/catalogue.ts";
import type { Answer } from "../output.ts";
import { foundJson } from "../packs/find.ts";
import { type Invocation, warn } from "../verb.ts";

/** `chips [TEXT]`: the chips that are known, those whose name holds TEXT. Throws `chip-unknown` where none does. */
export async function chips(invocation: Invocation): Promise<Answer> {
  const [text] = invocation.args;
  const found = searchChips(text);
  const stored = await storedDevices(invocation, text ?? "");
  if (found.length + stored.count === 0 && text !== undefined) throw noneHas(text);
  const result = found.map((chip) => ({
    name: chip.name,
    vendor: chip.vendor,
    family: chip.family,
    origin: chip.origin,
    locks: chip.protection ? "known" : "unknown",
    onSilicon: chip.onSilicon ?? null,
    variants: [...(chip.variants ?? [])],
    core: coreName(chip),
    flash: flashJson(bootBank(chip)),
    banks: chip.banks.map(bankJson),
  }));
  const first = stored.first.slice(0, Math.max(0, MOST_PRINTED - found.length));
  const rows = [...found.map(rowOf), ...first.map(storedRow)];
  return {
    result: {
      chips: result,
      ...(stored.count > 0 && { packs: { count: stored.count, devices: first.map(foundJson) } }),
    },
    text: [...inColumns([HEADINGS, ...rows]), ...countLines(rows.length, found.length + stored.count)],
    exit: 0,
  };
}

/** Devices of packs that were added; none, and a warning, where the store can't be read. */
async function storedDevices(invocation: Invocation, text: string): Promise<ReturnType<Catalogue["search"]>> {
  try {
    return (await openCatalogue(invocation.terminal.env)).search(text, MOST_PRINTED);
  } catch (error) {
    if (!(error instanceof FlashproofError)) throw error;
    warn(invocation, `devices of packs are left out: ${error.message}`);
    return { count: 0, first: [] };
  }
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

/** How many rows are printed where packs were added. */
const MOST_PRINTED = 50;

const HEADINGS = ["CHIP", "VENDOR, FAMILY", "CORE", "BANKS", "LOCKS", "DATA", "SILICON"] as const;

const rowOf = (chip: Chip): readonly string[] => [
  chip.name,
  `${chip.vendor}, ${chip.family}`,
  chip.cores.length > 1 ? `${chip.cores.length} x ${coreName(chip)}` : coreName(chip),
  chip.banks.map(({ id, length }) => `${id} ${sizeText(length)}`).join(", "),
  chip.protection ? "known" : "unknown",
  originText(chip),
  siliconText(chip),
];

const storedRow = ({ name, vendor, family, core, flash, pack }: FoundDevice): readonly string[] => [
  name,
  [vendor, family].filter((word) => word !== "").join(", "),
  core,
  flash === 0 ? "-" : `main ${sizeText(flash)}`,
  "unknown",
  `pack ${pack.id}`,
  "never",
];

/** How many there are, where not all are shown. */
const countLines = (shown: number, count: number): readonly string[] =>
  shown < count ? [`${count} chips, of which ${shown} are shown`] : [];

function noneHas(text: string): ChipError {
  const near = nearNames(text);
  const also = near.length > 0 ? `; near it: ${near.join(", ")}` : "";
  return new ChipError("chip-unknown", `No chip's name, order code or family holds "${text}"${also}`, {
    details: { name: text, near },
  });
}

const sizeText = (bytes: number): string => (bytes % 1024 === 0 ? `${bytes / 1024} KB` : `${bytes} B`);
