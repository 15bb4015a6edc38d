import { type BatchMemory, type MemoryOp, together } from "../../adi/memory.ts";
import type { Io } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { DWT_CTRL } from "../../registers/dwt.ts";
import { DEMCR } from "../../registers/scs.ts";
import {
  ITM_CIDR0,
  ITM_LAR,
  ITM_TCR,
  ITM_TER,
  ITM_TPR,
  TPIU_ACPR,
  TPIU_CSPSR,
  TPIU_FFCR,
  TPIU_SPPR,
} from "../../registers/trace.ts";
import { SessionError } from "../session-error.ts";
import type { SamplePeriod } from "../../swo/speed.ts";

/** What is to come out of the pin. */
export interface SwoContent {
  /** A bit for each stimulus port. */
  readonly ports: number;
  /** Entries and exits of exceptions. */
  readonly exceptions?: boolean;
  /** Samples of PC. */
  readonly samples?: SamplePeriod;
  /** Local timestamps behind packets. */
  readonly timestamps?: boolean;
}

const UNLOCK = 0xc5acce55;
const UART = 2;
/** The number of the ITM in the formatter's frames, as other tools have it. */
const BUS_ID = 1;

const write = (address: number, value: number): MemoryOp => ({ op: "write", address, width: 32, value });
const read = (address: number): MemoryOp => ({ op: "read", address, width: 32 });

/** Throws `swo-unsupported` where the core has no ITM, or no unit that sends anything. */
export async function checkItm(memory: BatchMemory, io: Io): Promise<void> {
  if ((await cidr(memory, io)) !== 0x0d)
    throw new SessionError("swo-unsupported", "This core has no ITM, so nothing comes out of an SWO pin");
}

async function cidr(memory: BatchMemory, io: Io): Promise<number> {
  try {
    const [value] = await memory.run([read(ITM_CIDR0.address)], io);
    return value & 0xff;
  } catch (error) {
    if (codeOf(error) === "memory-fault") return 0;
    throw error;
  }
}

/**
 * Has the target send by UART, at the trace clock by `divider`, without the formatter. Everything is off while it changes,
 * so that no packet is cut.
 */
export async function setUpTrace(memory: BatchMemory, divider: number, content: SwoContent, io: Io): Promise<void> {
  await together(
    memory,
    async (own) => {
      const [demcr, dwt] = await own.run([read(DEMCR.address), read(DWT_CTRL.address)], io);
      await own.run(
        [
          write(DEMCR.address, DEMCR.with(demcr, { TRCENA: 1 })),
          write(ITM_LAR.address, UNLOCK),
          write(ITM_TCR.address, 0),
          write(TPIU_CSPSR.address, 1),
          write(TPIU_ACPR.address, divider - 1),
          write(TPIU_SPPR.address, UART),
          write(TPIU_FFCR.address, TPIU_FFCR.of({ TrigIn: 1 })),
          write(ITM_TPR.address, 0),
          write(ITM_TER.address, content.ports >>> 0),
          write(DWT_CTRL.address, dwtControl(dwt, content)),
          write(ITM_TCR.address, itmControl(content)),
        ],
        io,
      );
    },
    io,
  );
}

/** Sends nothing any more; what a debugger has of the DWT stays. */
export async function stopTrace(memory: BatchMemory, io: Io): Promise<void> {
  const [dwt] = await memory.run([read(DWT_CTRL.address)], io);
  await memory.run(
    [
      write(ITM_LAR.address, UNLOCK),
      write(ITM_TCR.address, 0),
      write(DWT_CTRL.address, DWT_CTRL.with(dwt, { PCSAMPLENA: 0, EXCTRCENA: 0 })),
    ],
    io,
  );
}

/** A synchronisation about every 2^24 cycles; PC samples and exceptions as wanted. */
const dwtControl = (before: number, { exceptions = false, samples }: SwoContent): number =>
  DWT_CTRL.with(before, {
    CYCCNTENA: 1,
    SYNCTAP: 1,
    PCSAMPLENA: samples ? 1 : 0,
    CYCTAP: samples?.tap ?? 0,
    POSTPRESET: samples?.preset ?? 0,
    EXCTRCENA: exceptions ? 1 : 0,
  });

const itmControl = ({ timestamps = false }: SwoContent): number =>
  ITM_TCR.of({ TraceBusID: BUS_ID, TXENA: 1, SYNCENA: 1, TSENA: timestamps ? 1 : 0, ITMENA: 1 });
