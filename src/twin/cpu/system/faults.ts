import type { Core } from "../core.ts";
import { BUS_FAULT_EXCEPTION, MEM_MANAGE, USAGE_FAULT } from "./priorities.ts";

/** Thrown when an instruction cannot complete; one object, because only its identity counts: the core holds why. */
export const FAULT = new Error("the current instruction did not complete");

/** CFSR's bits (ARMv7-M ARM B3.2.15). */
export const CFSR = {
  IACCVIOL: 1 << 0,
  DACCVIOL: 1 << 1,
  MUNSTKERR: 1 << 3,
  MSTKERR: 1 << 4,
  MMARVALID: 1 << 7,
  IBUSERR: 1 << 8,
  PRECISERR: 1 << 9,
  UNSTKERR: 1 << 11,
  STKERR: 1 << 12,
  LSPERR: 1 << 13,
  BFARVALID: 1 << 15,
  UNDEFINSTR: 1 << 16,
  INVSTATE: 1 << 17,
  INVPC: 1 << 18,
  NOCP: 1 << 19,
  STKOF: 1 << 20,
  UNALIGNED: 1 << 24,
  DIVBYZERO: 1 << 25,
} as const;

function fault(core: Core, exception: number, status: number, address: number): never {
  core.faultException = exception;
  core.faultStatus = status;
  core.faultAddress = address;
  throw FAULT;
}

/** A UsageFault with its CFSR bit. */
export const usageFault = (core: Core, status: number): never => fault(core, USAGE_FAULT, status, -1);

/** An instruction fetch that the bus refused. */
export const fetchBusFault = (core: Core): never => fault(core, BUS_FAULT_EXCEPTION, CFSR.IBUSERR, -1);

/** An instruction fetch from an execute-never region of the system map. */
export const fetchViolation = (core: Core): never => fault(core, MEM_MANAGE, CFSR.IACCVIOL, -1);

/** A data access that the bus refused; always precise here, a real store may be imprecise (unsure). */
export const dataBusFault = (core: Core, address: number): never =>
  fault(core, BUS_FAULT_EXCEPTION, CFSR.PRECISERR | CFSR.BFARVALID, address);

/** Stops before the current instruction without a fault: a breakpoint, or a reset under way. */
export const stopHere = (core: Core): never => fault(core, 0, 0, -1);
