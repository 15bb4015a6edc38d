import { equalBytes } from "../../base/bytes.ts";
import type { Io } from "../../base/clock.ts";
import { isForFirmware } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { breathing } from "../boards/breathing.ts";
import { openDevice } from "../../host/open-device.ts";
import type { Segment } from "../../image/image.ts";
import { connect } from "../../session/connect.ts";
import { flashImage } from "../../session/flash-job.ts";
import { createTwin, type Twin } from "../../twin/usb.ts";

/** What was erased and programmed on a twin by a chip's own flash algorithms, and found equal in its cells. */
export interface Rehearsal {
  /** The chip of the twin. */
  readonly twin: string;
  readonly parts: readonly { readonly bank: string; readonly start: number; readonly length: number }[];
  readonly bytesProgrammed: number;
  readonly sectorsErased: number;
}

/** The most bytes of one part: beyond it nothing new comes. */
const MOST_PART = 0x1400;
/** An odd number of bytes is cut off at a part's end, so that a last page is filled up. */
const RAGGED = 13;

/**
 * Programs a twin by a chip's foreign flash algorithms: the first and the last sector of each run of sectors, once as they are
 * and once over what stands there, each time compared with the twin's cells. Nothing but the twin is touched.
 *
 * Throws what a flash job throws, and `verify-differs` where the cells hold other bytes.
 */
export async function rehearse(chip: Chip, twinName: string, io: Io = {}): Promise<Rehearsal> {
  const twin = createTwin({ chip: twinName });
  const banks = chip.banks.filter((bank) => bank.algorithm !== undefined && isForFirmware(bank));
  const counts = { bytesProgrammed: 0, sectorsErased: 0 };
  for (const seed of [0x5a17, 0xc0de]) {
    const segments = banks.flatMap((bank) => segmentsOf(bank, seed));
    const { bytesProgrammed, sectorsErased } = await programmed(twin, chip, segments, io);
    counts.bytesProgrammed += bytesProgrammed;
    counts.sectorsErased += sectorsErased;
  }
  const parts = banks.flatMap((bank) =>
    segmentsOf(bank, 0).map(({ address, bytes }) => ({ bank: bank.id, start: address, length: bytes.length })),
  );
  return { twin: twinName, parts, ...counts };
}

async function programmed(twin: Twin, chip: Chip, segments: readonly Segment[], io: Io) {
  const device = await openDevice(twin.device, twin.clock);
  // A twin's work is one turn of the event loop otherwise, in which no interruption is noticed.
  const { probe, clock } = breathing({ probe: device, clock: twin.clock });
  try {
    // A board that is new may be locked; there is nothing on it to lose.
    const onLocked = async () => "unlock" as const;
    const session = await connect({ probe, clock, chip, hz: 4_000_000, how: "halt", onLocked }, io);
    try {
      const image = { format: "raw", segments, symbols: [] } as const;
      const job = { image, policy: "keep-open", permits: [], keepRest: false } as const;
      const { run, verify } = await flashImage(session, job, io);
      for (const segment of segments) checkCells(twin, chip, segment, verify.verdict);
      return run;
    } finally {
      await session.close();
    }
  } finally {
    await probe.close();
  }
}

function checkCells(twin: Twin, chip: Chip, { address, bytes }: Segment, verdict: string): void {
  if (equalBytes(twin.peekFlash(address, bytes.length), bytes)) return;
  throw new FlashError("verify-differs", `The twin of the ${chip.name} holds other bytes than were programmed`, {
    details: { verdict, address: `0x${address.toString(16)}` },
  });
}

/** The first and the last sector of each run, or the most of them that is tried. */
function segmentsOf(bank: FlashBank, seed: number): readonly Segment[] {
  const starts = new Map<number, number>();
  let at = bank.start;
  for (const { size, count } of bank.sectors) {
    starts.set(at, size);
    starts.set(at + size * (count - 1), size);
    at += size * count;
  }
  return [...starts].map(([address, size], i) => ({
    name: `part ${i}`,
    address,
    bytes: bytesOf(seed + address, Math.min(size, MOST_PART) - (size > RAGGED ? RAGGED : 0)),
  }));
}

/** Bytes by a linear congruential generator (Numerical Recipes' constants): the same each time. */
function bytesOf(seed: number, length: number): Uint8Array {
  let state = seed >>> 0;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}
