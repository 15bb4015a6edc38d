import type { Json } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import type { AccessPlace, SequenceAccess, SequenceEvent } from "../packs/sequences/recording-driver.ts";
import { ABORT, CTRL_STAT, DPIDR, RDBUFF, SELECT } from "../registers/dp.ts";
import { DWT_CTRL, DWT_CYCCNT } from "../registers/dwt.ts";
import { BFAR, HFSR, ICSR } from "../registers/faults.ts";
import { FP_COMP0, FP_CTRL } from "../registers/fpb.ts";
import { IDR } from "../registers/mem-ap.ts";
import { AIRCR, CFSR, CPUID, DCRDR, DCRSR, DEMCR, DFSR, DHCSR, MVFR0, VTOR } from "../registers/scs.ts";
import { ITM_LAR, ITM_TCR, ITM_TER, TPIU_ACPR, TPIU_CSPSR, TPIU_FFCR, TPIU_SPPR } from "../registers/trace.ts";

/** What a debug sequence did on no chip. */
export interface SequenceRun {
  readonly device: string;
  readonly name: string;
  readonly core?: string;
  /** Functions in its text that Flashproof does not have. */
  readonly refused: readonly string[];
  readonly events: readonly SequenceEvent[];
  readonly more: number;
  /** `__Result`; undefined where it did not come to its end. */
  readonly result?: bigint;
}

/** A sequence's run as `--json` prints it. */
export const sequenceJson = ({ device, name, core, refused, events, more, result }: SequenceRun): Json => ({
  ...{ device, name },
  ...(core !== undefined && { core }),
  refused: [...refused],
  events: events.map(eventJson),
  more,
  ...(result !== undefined && { result: hexOf(result, 8) }),
});

function eventJson(event: SequenceEvent): Json {
  switch (event.kind) {
    case "read":
    case "write":
      return accessJson(event);
    case "bits":
      return { ...event, bits: hexOf(event.bits, Math.ceil(event.count / 8)) };
    case "pins":
      return { ...event, out: hexOf(BigInt(event.out), 1), select: hexOf(BigInt(event.select), 1) };
    case "query":
      return { ...event, answer: hexOf(event.answer, 1) };
    default:
      return { ...event };
  }
}

function accessJson(event: SequenceAccess): Json {
  const { kind, place, address, value, count } = event;
  const register = registerName(event);
  return {
    ...{ kind, place: place.kind, port: place.port, address: address32(address), bytes: bytesOf(place) },
    ...(register !== undefined && { register }),
    ...{ value: hexOf(value, bytesOf(place)), count },
  };
}

/** How many events are printed. */
const MOST_PRINTED = 60;

/** A sequence's run in lines. */
export function sequenceLines({ device, name, core, refused, events, more, result }: SequenceRun): readonly string[] {
  const hidden = more + Math.max(0, events.length - MOST_PRINTED);
  return [
    `sequence ${name} of ${device}${core === undefined ? "" : `, ${core}`}, on no chip: a register has the value that was written to it, or 0`,
    ...(refused.length === 0 ? [] : [`  functions in it that Flashproof does not have: ${refused.join(", ")}`]),
    ...events.slice(0, MOST_PRINTED).map((event) => `  ${eventLine(event)}`),
    ...(hidden === 0 ? [] : [`  and ${hidden} more`]),
    ...(result === undefined ? [] : [`  came to its end, __Result ${resultText(result)}`]),
  ];
}

function eventLine(event: SequenceEvent): string {
  switch (event.kind) {
    case "read":
    case "write":
      return accessLine(event);
    case "delay":
      return `waits ${event.microseconds} us`;
    case "pins":
      return `sets pins ${hexOf(BigInt(event.out), 1)} of ${hexOf(BigInt(event.select), 1)}`;
    case "clock":
      return `sets the clock to ${event.hertz} Hz`;
    case "bits":
      return `puts ${event.count} bits on the wire: ${hexOf(event.bits, Math.ceil(event.count / 8))}`;
    case "message":
      return `${["information", "warning", "error"][event.level]}: ${JSON.stringify(event.text)}`;
    case "query":
      return `requests ${JSON.stringify(event.text)}, answered ${hexOf(event.answer, 1)} as by default`;
    case "sequence":
      return `calls ${event.name}`;
    case "predefined":
      return `(${event.name} is the debugger's own)`;
    case "time-out":
      return `a loop in line ${event.line} ended by its time-out of ${event.microseconds} us`;
  }
}

function accessLine(event: SequenceAccess): string {
  const { kind, place, address, value, count } = event;
  const at = place.kind === "memory" ? `${bytesOf(place) * 8} bits at ${address32(address)}` : address32(address);
  const where = place.kind === "access-ap" ? `${place.port}, access port` : place.port;
  const name = registerName(event);
  return `${kind} ${where}, ${at}${name === undefined ? "" : ` (${name})`}: ${hexOf(value, bytesOf(place))}${count > 1 ? `, ${count} times` : ""}`;
}

const resultText = (result: bigint): string =>
  result === 0xffff_ffff_ffff_ffffn ? "-1, which stands for an error" : hexOf(result, 1);

/** Registers of the core's private bus, which every Cortex-M has at the same addresses. */
const CORE = [
  ...[CPUID, AIRCR, CFSR, DFSR, MVFR0, DHCSR, DCRSR, DCRDR, VTOR, DEMCR, HFSR, ICSR, BFAR, DWT_CTRL, DWT_CYCCNT],
  ...[FP_CTRL, FP_COMP0, ITM_TER, ITM_TCR, ITM_LAR, TPIU_CSPSR, TPIU_ACPR, TPIU_SPPR, TPIU_FFCR],
];

/** What every access port has (ADIv5); whether it is a MEM-AP, with a CSW and a TAR, is not known here. */
const AP = [IDR];

function registerName({ kind, place, address }: SequenceAccess): string | undefined {
  const named = (registers: readonly { readonly name: string; readonly address: number }[]) =>
    registers.find((register) => register.address === address)?.name;
  if (place.kind === "memory") return named(CORE);
  if (place.kind === "ap") return named(AP);
  if (place.kind === "dp") return named([kind === "write" ? ABORT : DPIDR, CTRL_STAT, SELECT, RDBUFF]);
  return undefined;
}

const bytesOf = (place: AccessPlace): number => (place.kind === "memory" ? place.bytes : 4);

const hexOf = (value: bigint, bytes: number): string =>
  `0x${value
    .toString(16)
    .toUpperCase()
    .padStart(bytes * 2, "0")}`;
