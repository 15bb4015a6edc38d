import type { MemoryOp } from "../../adi/memory.ts";
import { wordWrites } from "../../adi/word-ops.ts";
import { bytesOfWords } from "../../base/bytes.ts";
import { randomWords } from "../../base/random.ts";
import { type Checks, checksOf, keysFrom } from "../hash/checks.ts";
import type { PermittedBits, QueueLoader } from "./queue-loader.ts";
import type { QueueRoom, QueueStep } from "./room.ts";

/** Words of a step: seven and the checks of its data, the checks of those, its number. */
const STEP_WORDS = 12;
/** The set-up's words with their checks. */
export const SETUP_WORDS = 34;
const NOTHING: Checks = { first: 0, second: 0, erased: 0 };

/** Steps and set-up as the target takes them, with the keys of one start: its checks fit no step of another one. */
export class QueueWords {
  private readonly base: number;
  private readonly loader: QueueLoader;
  private readonly room: QueueRoom;
  private readonly keys = keysFrom(randomWords(3));
  private readonly nonce = randomWords(1)[0];

  constructor(base: number, loader: QueueLoader, room: QueueRoom) {
    this.base = base;
    this.loader = loader;
    this.room = room;
  }

  /** The writes of a step in its slot, whose data stand at an address; its number comes last. */
  step(step: QueueStep, number: number, at: number): readonly MemoryOp[] {
    const { command, address, length, operands, data } = step;
    const own = data ? this.checks(address, data) : NOTHING;
    const words = [command, address, length, at, ...operands, own.first, own.second];
    const all = this.checks(number, bytesOfWords(words));
    // What stands in a slot from before, whoever left it there, has another number.
    const marked = (this.nonce + number) >>> 0;
    const place = this.slot(number % this.room.stepCount);
    return wordWrites(place, bytesOfWords([...words, all.first, all.second, marked]));
  }

  /** The set-up with its checks, and the progress of a loader that has done nothing. */
  setup({ everything, sectors }: PermittedBits): Uint8Array {
    const { keys, nonce, base } = this;
    const { stepCount, buffers, bufferCount, bufferSize } = this.room;
    const first = base + buffers;
    const ring = [this.slot(0), stepCount - 1, first, first + bufferCount * bufferSize];
    const own = [...this.loader.setup(), everything ? 1 : 0];
    const words = [keys.key1, keys.key2, keys.key3, nonce, ...own, ...ring, ...sectors];
    const checks = this.checks(0, bytesOfWords(words));
    return bytesOfWords([...words, checks.first, checks.second, 0, 0, 0, 0]);
  }

  private slot(index: number): number {
    return this.base + this.loader.layout.steps + index * STEP_WORDS * 4;
  }

  private checks(address: number, bytes: Uint8Array): Checks {
    return checksOf(this.keys, { address, bytes, nonce: this.nonce, erasedWord: 0 });
  }
}
