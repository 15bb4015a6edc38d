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
}

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
    const found = await session.core.memory.read(address, (bytes.length + 3) & ~3, 32);
    return { ...ended, found: found.subarray(0, bytes.length), isHalted };
  } finally {
    await session.close();
    await probe.close();
  }
}
