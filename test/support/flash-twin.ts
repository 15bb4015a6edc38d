import type { Chip } from "../../src/chips/chip.ts";
import { connect } from "../../src/session/connect.ts";
import { type FlashJob, type FlashReport, flashImage } from "../../src/session/flash-job.ts";
import type { Twin } from "../../src/twin/usb.ts";
import { probeOf } from "./board.ts";

/** What stood in flash after a job, and its report, or the error that it ended with. */
export interface Flashed {
  readonly report?: FlashReport;
  readonly error?: unknown;
  readonly found: Uint8Array;
  readonly isHalted: boolean;
  /** The core as the job left it: PC, the masks of CFBP, and whether its timer runs. */
  readonly core: { readonly pc: number; readonly cfbp: number; readonly timerRuns: boolean };
}

/** Control and status of the core's timer (ARMv7-M ARM (DDI 0403E), B3.3.3), whose bit 0 is ENABLE. */
const SYST_CSR = 0xe000e010;

/** Flashes bytes at an address of a twin's chip by a pack's algorithm, and reads what stands there then. */
export async function flash(
  twin: Twin,
  chip: Chip,
  address: number,
  bytes: Uint8Array,
  more: Partial<FlashJob> = {},
): Promise<Flashed> {
  const probe = await probeOf(twin);
  const onLocked = async () => "leave" as const;
  const session = await connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt", onLocked });
  try {
    const image = { format: "raw", segments: [{ name: "random", address, bytes }], symbols: [] } as const;
    const job = flashImage(session, { image, policy: "keep-open", permits: [], keepRest: false, ...more });
    const ended = await job.then(
      (report) => ({ report }),
      (error: unknown) => ({ error }),
    );
    const isHalted = (await session.core.state()) === "halted";
    const [pc, cfbp] = await session.core.readRegisters(["PC", "CFBP"]);
    const [csr] = await session.core.memory.read(SYST_CSR, 4, 32);
    const core = { pc, cfbp, timerRuns: (csr & 1) === 1 };
    const found = await session.core.memory.read(address, (bytes.length + 3) & ~3, 32);
    return { ...ended, found: found.subarray(0, bytes.length), isHalted, core };
  } finally {
    await session.close();
    await probe.close();
  }
}
