import { address32 } from "../base/u32.ts";
import type { Json } from "../base/errors.ts";
import type { RefusedAccess, Twin } from "../twin/usb.ts";

/** What the firmware of simulated boards asked of its bus and didn't get: for `--json`, and as lines for people. */
export interface RefusedReport {
  readonly json: readonly { readonly [key: string]: Json }[];
  readonly lines: readonly string[];
}

/** Each access that a board's bus refused an instruction, once an address and kind; the debugger's own are left out. */
export function refusedReport(twins: readonly Pick<Twin, "refusedAccesses">[]): RefusedReport {
  const accesses = twins.flatMap(({ refusedAccesses }) => refusedAccesses.filter(hasPc));
  return { json: accesses.map(asJson), lines: accesses.map(asLine) };
}

type OfInstruction = RefusedAccess & { readonly pc: number };

const hasPc = (access: RefusedAccess): access is OfInstruction => access.pc !== undefined;

const asJson = ({ address, place, kind, why, count, pc }: OfInstruction) => ({
  address: address32(address),
  place,
  access: kind,
  why,
  count,
  pc: address32(pc),
});

function asLine({ address, place, kind, why, count, pc }: OfInstruction): string {
  const times = count === 1 ? "" : `, ${count} times`;
  return `bus error: ${kind} ${address32(address)} (${place}: ${why})${times}, first from PC ${address32(pc)}`;
}
