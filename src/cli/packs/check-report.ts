import type { Json } from "../../base/errors.ts";
import { address32, hex32 } from "../../base/u32.ts";
import type { FlashAlgorithm } from "../../chips/flash-algorithm.ts";
import type { AlgorithmCheck, CheckedCall } from "../../node/packs/check-algorithm.ts";
import type { PackError } from "../../packs/pack-error.ts";
import type { Rehearsal } from "../../node/packs/rehearse.ts";

/** An algorithm that was checked, and the device whose core and RAM it was checked with. */
export interface Checked {
  readonly algorithm: FlashAlgorithm;
  readonly device?: string;
  readonly check: AlgorithmCheck;
}

/** An algorithm that could not be read, or does not fit into the device's RAM, and why. */
export interface Refused {
  readonly algorithm: string;
  readonly device: string;
  readonly error: PackError;
}

/** How many accesses of a call are printed. */
const MOST_PRINTED = 24;

/** An algorithm's check as `--json` prints it. */
export const checkedJson = ({ algorithm, device, check }: Checked): Json => ({
  algorithm: algorithm.name,
  ...(device !== undefined && { device }),
  core: check.core,
  ram: { start: address32(check.placement.all.start), length: check.placement.all.length },
  buffers: check.placement.buffers.length,
  undecoded: [...check.undecoded],
  calls: check.calls.map(callJson),
  stackUsed: check.stackUsed,
  registersLost: [...check.registersLost],
  ...(check.stray && {
    stray: { what: check.stray.what, address: address32(check.stray.address), after: check.stray.after },
  }),
});

const callJson = ({ name, end }: CheckedCall): Json => ({
  name,
  how: end.how,
  result: `0x${hex32(end.result)}`,
  pc: address32(end.pc),
  accesses: end.accesses.map(({ kind, address, size, value, count }) => ({
    ...{ kind, address: address32(address), bytes: size, value: `0x${hex32(value)}`, count },
  })),
  more: end.more,
});

/** An algorithm's check in lines. */
export function checkedLines({ algorithm, device, check }: Checked): readonly string[] {
  const { placement, undecoded, stackUsed, registersLost, stray } = check;
  const { all, buffers, stack } = placement;
  const from = address32(all.start);
  return [
    `${algorithm.name}${device === undefined ? "" : ` for ${device}`}, on a Cortex-${check.core} with RAM and nothing else`,
    `  placed at ${from}:${address32(all.start + all.length - 1)}, with ${buffers.length === 1 ? "one buffer" : "two buffers"}`,
    undecoded.length === 0
      ? `  all ${Object.keys(algorithm.entries).length} entries decode`
      : `  entries that the core can't decode: ${undecoded.join(", ")}`,
    ...check.calls.flatMap(callLines),
    `  stack: ${stackUsed} of ${stack.length} bytes used`,
    registersLost.length === 0 ? "  R9 and SP are kept" : `  R9 or SP is another after ${registersLost.join(", ")}`,
    ...(stray ? [`  wrote to ${stray.what} at ${address32(stray.address)}, after ${stray.after}`] : []),
  ];
}

const ENDS: { readonly [how in CheckedCall["end"]["how"]]: string } = {
  returned: "returned",
  limit: "did not return: it waits for what only the chip has",
  fault: "ended in a fault: it needs more than RAM",
  breakpoint: "ended at a BKPT of its own",
  undefined: "ended at an instruction that the core lacks",
  left: "ran code outside of RAM, which only the chip has",
  reset: "asked for a reset",
  asleep: "waits for an interrupt",
};

function callLines({ name, end }: CheckedCall): readonly string[] {
  const where = end.how === "returned" ? ` ${end.result}` : `; the core was at ${address32(end.pc)}`;
  const lines = end.accesses.slice(0, MOST_PRINTED).map(({ kind, address, size, value, count }) => {
    const times = count > 1 ? `, ${count} times` : "";
    return `    ${kind} ${address32(address)} ${hex32(value).slice(8 - 2 * size)}${times}`;
  });
  const more = end.accesses.length - lines.length + end.more;
  return [`  ${name} ${ENDS[end.how]}${where}`, ...lines, ...(more > 0 ? [`    and ${more} more accesses`] : [])];
}

/** An algorithm that was not checked as `--json` prints it. */
export const refusedJson = ({ algorithm, device, error: { code, message } }: Refused): Json => ({
  ...{ algorithm, device, code, message },
});

/** The same in a line. */
export const refusedLine = ({ algorithm, device, error }: Refused): string =>
  `${algorithm} for ${device} was not checked: ${error.message}`;

/** What was done on the twin, or that there is none, as `--json` prints it. */
export const rehearsalJson = (rehearsal: Rehearsal | string): Json =>
  typeof rehearsal === "string"
    ? { twin: null }
    : {
        twin: rehearsal.twin,
        bytesProgrammed: rehearsal.bytesProgrammed,
        sectorsErased: rehearsal.sectorsErased,
        parts: rehearsal.parts.map(({ bank, start, length }) => ({ bank, start: address32(start), length })),
      };

/** The same in lines. */
export function rehearsalLines(rehearsal: Rehearsal | string): readonly string[] {
  if (typeof rehearsal === "string") return [`not rehearsed: there is no twin of ${rehearsal}`];
  const { twin, parts, bytesProgrammed, sectorsErased } = rehearsal;
  return [
    `rehearsed on a twin of the ${twin}: ${parts.length} parts programmed twice, ${bytesProgrammed} bytes, ${sectorsErased} sectors erased, flash equal`,
  ];
}
