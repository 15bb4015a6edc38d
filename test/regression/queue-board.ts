import { expect } from "vitest";
import type { MemoryOp } from "../../src/adi/memory.ts";
import { buildImage } from "../../src/image/build-image.ts";
import { flashImage } from "../../src/session/flash-job.ts";
import type { Session } from "../../src/session/session.ts";
import type { Twin, TwinState } from "../../src/twin/usb.ts";
import { board, onTarget } from "../support/board.ts";
import { codeFrom } from "./firmware.ts";

/** A chip whose loader has a queue, and what a job and its board have in flash. */
export interface QueueChip {
  readonly chip: string;
  /** Where the flash begins. */
  readonly start: number;
  /** Bytes of the job's two sectors. */
  readonly length: number;
  /** Bytes on the board, those of the job among them. */
  readonly filled: number;
  /** The queue's place in the work RAM. */
  readonly layout: {
    readonly steps: number;
    readonly given: { readonly stepCount: number; readonly buffers: number };
  };
}

/** A batch with something changed, or undefined where it is not the one. */
type Change = (ops: readonly MemoryOp[], ram: number) => readonly MemoryOp[] | undefined;

const STEP_BYTES = 48;

/** The state of each chip's board after it was filled, which is done once. */
const FILLED = new Map<QueueChip, Promise<TwinState>>();

/** A board on which flash behind the job's sectors holds something, too. */
export class QueueBoard {
  readonly twin: Twin;
  private readonly of: QueueChip;

  private constructor(of: QueueChip, state?: TwinState) {
    this.of = of;
    this.twin = board({ chip: of.chip, flash: "zero", ...(state && { state }) });
  }

  static async filled(of: QueueChip): Promise<QueueBoard> {
    const filled = FILLED.get(of) ?? QueueBoard.fill(of);
    FILLED.set(of, filled);
    return new QueueBoard(of, structuredClone(await filled));
  }

  private static async fill(of: QueueChip): Promise<TwinState> {
    const made = new QueueBoard(of);
    const image = made.image(0x33, of.filled);
    const job = { policy: "keep-open", keepRest: true, permits: [] } as const;
    await onTarget(made.twin, (session) => flashImage(session, { image, ...job }));
    return made.twin.snapshot();
  }

  /** Flash that no job here may touch. */
  get beside(): string {
    const { start, length, filled } = this.of;
    return Buffer.from(this.twin.peekFlash(start + length, filled - length)).toString("base64");
  }

  /** The job's sectors full of one value. */
  image(value: number, length = this.of.length) {
    const bytes = new Uint8Array(length).fill(value);
    return buildImage({ format: "raw", segments: [{ name: "firmware", address: this.of.start, bytes }] });
  }

  /** A job whose transfers are changed once on their way ends with `loader-failed`, and nothing beside it changes. */
  async expectRefusal(change: Change): Promise<void> {
    const before = this.beside;
    const job = { policy: "keep-open", keepRest: true, permits: [], keepRam: false } as const;
    const code = await codeFrom(
      onTarget(this.twin, async (session) => {
        disturb(session, change);
        return (await flashImage(session, { image: this.image(0x5a), ...job })).verify.verdict;
      }),
    );
    expect(code).toBe("loader-failed");
    expect(this.beside).toBe(before);
  }

  /** Flips a bit of a word of the first step of a command. */
  stepFlipped(command: number, word: number, bit: number): Change {
    const { steps, given } = this.of.layout;
    return (ops, ram) => {
      const at = ops.findIndex((op) => {
        const from = op.address - ram - steps;
        const isFirst = from >= 0 && from < given.stepCount * STEP_BYTES && from % STEP_BYTES === 0;
        return op.op === "write" && isFirst && op.value === command;
      });
      return at < 0 ? undefined : flipped(ops, at + word, bit);
    };
  }

  /** Flips a bit in the first buffer. */
  dataFlipped(): Change {
    const { buffers } = this.of.layout.given;
    return (ops, ram) => {
      const at = ops.findIndex((op) => op.op === "write" && op.address === ram + buffers + 0x10);
      return at < 0 ? undefined : flipped(ops, at, 7);
    };
  }
}

function disturb({ core: { memory }, chip }: Session, change: Change): void {
  const run = memory.run.bind(memory);
  let isDone = false;
  memory.run = (ops, io) => {
    const changed = isDone ? undefined : change(ops, chip.workRam[0].start);
    isDone ||= changed !== undefined;
    return run(changed ?? ops, io);
  };
}

const flipped = (ops: readonly MemoryOp[], at: number, bit: number) =>
  ops.map((op, i) => (i === at && op.op === "write" ? { ...op, value: (op.value ^ (1 << bit)) >>> 0 } : op));
