import { TwinError } from "./twin-error.ts";

/** Where each kind of fault strikes, and whether it takes an argument after a colon. */
const KINDS = {
  stall: { at: "usb" },
  late: { at: "usb", argument: "needed" },
  short: { at: "usb" },
  long: { at: "usb" },
  garbage: { at: "usb" },
  drop: { at: "usb" },
  double: { at: "usb" },
  flip: { at: "usb", argument: "needed" },
  unplug: { at: "usb" },
  wait: { at: "dap" },
  fault: { at: "dap" },
  parity: { at: "dap" },
  noack: { at: "dap" },
  busy: { at: "flash" },
  badprog: { at: "flash" },
  ecc: { at: "flash" },
  mgstat: { at: "flash" },
  "power-cut": { at: "board", argument: "allowed" },
  vtref: { at: "board", argument: "needed" },
} as const satisfies Record<string, { at: FaultPlace; argument?: "needed" | "allowed" }>;

/** The part of a twin that carries a fault out. */
export type FaultPlace = "usb" | "dap" | "flash" | "board";

/** A kind of fault by its name in a spec. */
export type FaultKind = keyof typeof KINDS;

/** What is counted from 1 since the twin was made: USB transfers, SWD transfers, flash commands. */
export type FaultCounter = "usb" | "dap" | "flash";

/** When a fault strikes: at the nth of something, after so many milliseconds, or each time with a probability. */
export type FaultPoint =
  | { readonly on: FaultCounter | "ms"; readonly n: number; readonly spelled?: "ftfe" }
  | { readonly on: "p"; readonly rate: number };

/** One fault of a spec. */
export interface Fault {
  readonly kind: FaultKind;
  readonly point: FaultPoint;
  /** How often in a row; absent: once at a point, without end at a rate. */
  readonly count?: number;
  /** Milliseconds (`late`), millivolts (`vtref`), percent of the flash command (`power-cut`), a bit's number (`flip`). */
  readonly argument?: number;
}

/** Where a kind of fault strikes. */
export const placeOf = (kind: FaultKind): FaultPlace => KINDS[kind].at;

const FAULT = /^([a-z-]+)@(?:(usb|dap|flash|ftfe|ms)=(\d{1,9})|p=(\d+(?:\.\d+)?))(?:x(\d{1,9}))?(?::(\d{1,6}))?$/;

/**
 * Reads `FAULT{+FAULT}`, `FAULT = KIND@POINT[xCOUNT][:ARG]`, `POINT = usb=N | dap=N | flash=N | ms=N | p=RATE`; `ftfe=N` is an older name of `flash=N`.
 * Throws `TwinError` `twin-fault-spec` that names the part it did not understand.
 */
export function parseFaults(spec: string): readonly Fault[] {
  return spec === "" ? [] : spec.split("+").map(parseFault);
}

/** The spec that reads back as these faults. */
export function formatFaults(faults: readonly Fault[]): string {
  return faults.map(formatFault).join("+");
}

function parseFault(text: string): Fault {
  const match = FAULT.exec(text);
  if (match === null) throw refused(text, "is not KIND@POINT[xCOUNT][:ARG]");
  const [, kind, counter, n, rate, count, argument] = match;
  if (!isKind(kind)) throw refused(text, `has an unknown kind; there are ${Object.keys(KINDS).join(", ")}`);
  const fault: Fault = {
    kind,
    point: rate === undefined ? pointOf(counter, Number(n)) : { on: "p", rate: Number(rate) },
    ...(count !== undefined && { count: Number(count) }),
    ...(argument !== undefined && { argument: Number(argument) }),
  };
  return checked(text, fault);
}

function checked(text: string, fault: Fault): Fault {
  const kind: { at: FaultPlace; argument?: "needed" | "allowed" } = KINDS[fault.kind];
  if (fault.point.on === "p" ? fault.point.rate > 1 : fault.point.n < 1 && fault.point.on !== "ms")
    throw refused(text, "has a point outside its range: counts start at 1, rates end at 1");
  if (fault.count === 0) throw refused(text, "would never strike");
  if (fault.argument === undefined && kind.argument === "needed") throw refused(text, "lacks its :ARG");
  if (fault.argument !== undefined && kind.argument === undefined) throw refused(text, "takes no :ARG");
  if (
    fault.kind === "power-cut" &&
    fault.argument !== undefined &&
    !(fault.argument <= 100 && fault.point.on === "flash")
  )
    throw refused(text, "cuts at a percentage of a flash command: flash=N and 0 to 100");
  return fault;
}

function formatFault({ kind, point, count, argument }: Fault): string {
  const where = point.on === "p" ? `p=${point.rate}` : `${point.spelled ?? point.on}=${point.n}`;
  return `${kind}@${where}${count === undefined ? "" : `x${count}`}${argument === undefined ? "" : `:${argument}`}`;
}

/** `ftfe` is the older name of `flash`, and is written back as it was read. */
const pointOf = (counter: string, n: number): FaultPoint =>
  counter === "ftfe" ? { on: "flash", n, spelled: counter } : { on: counter as FaultCounter | "ms", n };

const isKind = (name: string): name is FaultKind => Object.hasOwn(KINDS, name);

const refused = (text: string, why: string) =>
  new TwinError("twin-fault-spec", `Fault "${text}" ${why}`, { details: { fault: text } });
