import type { AlgorithmEntries, FlashAlgorithm } from "../../chips/flash-algorithm.ts";
import { MOST_ALGORITHM_BYTES } from "../flm/read-flm.ts";
import { invalidAlgorithm, unsupportedAlgorithm } from "../pack-error.ts";
import { listIn, maybeNumber, numberIn, type Place, placeOf, textIn } from "../plain-value.ts";
import { type CheckedFlash, checkedFlash } from "../stated-flash.ts";
import { base64Bytes } from "./base64.ts";

/** Reads an algorithm of a target file; throws `PackError` `algorithm-invalid` and `algorithm-unsupported`. */
export function readYamlAlgorithm(place: Place): FlashAlgorithm {
  const name = textIn(place, "name");
  refuseUnsupported(place, name);
  const blob = padded(base64Bytes(textIn(place, "instructions")));
  if (blob.length === 0 || blob.length > MOST_ALGORITHM_BYTES) {
    throw invalidAlgorithm("no-code", `${name} has ${blob.length} bytes of code`);
  }
  const staticBase = numberIn(place, "data_section_offset") % 0x1_0000_0000;
  const loadAddress = maybeNumber(place, "load_address");
  const stackSize = maybeNumber(place, "stack_size");
  const description = place.table["description"];
  return {
    name,
    device: typeof description === "string" ? description : name,
    format: "probe-rs",
    blob,
    // An offset beyond the blob is an absolute address (nRF54L, CC13xx): where its code ends is not known then.
    codeLength: staticBase > 0 && staticBase <= blob.length ? staticBase : 0,
    staticBase,
    entries: entriesIn(place, name, blob.length),
    ...(loadAddress !== undefined && { loadAddress }),
    ...flashIn(placeOf(place.table["flash_properties"], `flash_properties of ${name}`)),
    place: "unknown",
    ...(stackSize !== undefined && { stackSize }),
  };
}

function refuseUnsupported({ table }: Place, name: string): void {
  const { transfer_encoding: encoding, big_endian: bigEndian } = table;
  if (encoding !== undefined && encoding !== null && encoding !== "raw") {
    throw unsupportedAlgorithm(
      "transfer-encoding",
      `${name} takes its data in the encoding ${JSON.stringify(encoding)}`,
    );
  }
  if (bigEndian === true) throw unsupportedAlgorithm("big-endian", `${name} is for a core with the other byte order`);
}

/** Functions by the fields that hold their offsets, with bit 0 set for Thumb code. */
const FIELDS = {
  init: "pc_init",
  programPage: "pc_program_page",
  eraseSector: "pc_erase_sector",
  unInit: "pc_uninit",
  eraseChip: "pc_erase_all",
  blankCheck: "pc_blank_check",
  verify: "pc_verify",
} as const satisfies { readonly [field in keyof AlgorithmEntries]-?: string };

function entriesIn(place: Place, name: string, length: number): AlgorithmEntries {
  const found = Object.entries(FIELDS).flatMap(([field, key]) => {
    const value = maybeNumber(place, key);
    if (value === undefined) return [];
    const offset = value - (value % 2);
    if (offset >= length)
      throw invalidAlgorithm("no-entry", `${name}: ${key} lies outside of its code`, { field: key });
    return [[field, offset] as const];
  });
  const { programPage, ...others } = Object.fromEntries(found) as Partial<AlgorithmEntries>;
  if (programPage === undefined) throw invalidAlgorithm("no-entry", `${name} has no ${FIELDS.programPage}`);
  return { programPage, ...others };
}

function flashIn(properties: Place): CheckedFlash {
  const flash = rangeIn(properties, "address_range");
  const rows = listIn(properties, "sectors").map((row) => {
    const place = placeOf(row, `a sector in ${properties.what}`);
    return { size: numberIn(place, "size"), address: numberIn(place, "address") };
  });
  // The addresses of rows are offsets here, always: nothing is taken for absolute.
  return checkedFlash({
    flash,
    rows,
    pageSize: numberIn(properties, "page_size"),
    erased: numberIn(properties, "erased_byte_value"),
    programMs: numberIn(properties, "program_page_timeout"),
    eraseMs: numberIn(properties, "erase_sector_timeout"),
  });
}

/** A range of a target file, whose end is the first byte behind it. */
export function rangeIn(place: Place, key: string): { readonly start: number; readonly length: number } {
  const range = placeOf(place.table[key], `${key} of ${place.what}`);
  const [start, end] = [numberIn(range, "start"), numberIn(range, "end")];
  if (end > start && end <= 0x1_0000_0000) return { start, length: end - start };
  throw invalidAlgorithm("flash-range", `${range.what} is no range of addresses`, { start, end });
}

/** A blob as a whole number of words. */
function padded(bytes: Uint8Array): Uint8Array {
  const words = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  words.set(bytes);
  return words;
}
