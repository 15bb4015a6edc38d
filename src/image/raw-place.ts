import type { MemoryRange } from "./image-bytes.ts";

/** What has to be known of a chip to see where a raw file belongs on it. */
export interface PlaceQuery {
  readonly ram: readonly MemoryRange[];
  readonly flash: MemoryRange;
  /** A file begins at a multiple of it: the flash's sector size. */
  readonly step: number;
}

/** The first two vectors: initial stack pointer and reset vector. */
const VECTORS_LENGTH = 8;

/**
 * The addresses at which a raw file's first two vectors fit, the lowest first: none where they are no vectors.
 *
 * They fit where the initial stack pointer lies in RAM, the reset vector has its Thumb bit, and what it points to lies
 * inside the file, behind the vectors. A large file fits several; of those only the ones are left at which most of the
 * file's odd words point to the beginning of a function.
 */
export function rawPlaces(bytes: Uint8Array, query: PlaceQuery): readonly number[] {
  if (bytes.length < VECTORS_LENGTH || bytes.length > query.flash.length) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isStackPointer(view.getUint32(0, true), query.ram)) return [];
  const places = placesOfReset(view.getUint32(4, true), bytes.length, query);
  if (places.length < 2) return places;
  const pointers = codePointers(view, query.flash);
  const counts = places.map((place) => pointers.filter((pointer) => isFunction(view, pointer - 1 - place)).length);
  const most = Math.max(...counts);
  return places.filter((_, i) => counts[i] === most);
}

/** The initial stack pointer may be one past the end of RAM, because pushes count down first. */
const isStackPointer = (value: number, ram: readonly MemoryRange[]): boolean =>
  value % 4 === 0 && ram.some(({ start, length }) => value > start && value <= start + length);

function placesOfReset(reset: number, length: number, { flash, step }: PlaceQuery): readonly number[] {
  if (reset % 2 === 0) return [];
  const target = reset - 1;
  const places: number[] = [];
  for (let place = flash.start; place + length <= flash.start + flash.length; place += step) {
    if (target >= place + VECTORS_LENGTH && target < place + length) places.push(place);
  }
  return places;
}

/** So many pointers tell places apart; more would only take time. */
const MOST_POINTERS = 4096;

/** Each odd word that may point to code in the flash, once: vectors, and what the code keeps behind itself. */
function codePointers(view: DataView, flash: MemoryRange): readonly number[] {
  const pointers = new Set<number>();
  for (let at = 4; at + 4 <= view.byteLength && pointers.size < MOST_POINTERS; at += 4) {
    const word = view.getUint32(at, true);
    if (word % 2 === 1 && word > flash.start && word < flash.start + flash.length) pointers.add(word);
  }
  return [...pointers];
}

/** Whether a function begins there: it saves LR first, returns at once, or is an endless loop (Thumb encodings). */
function isFunction(view: DataView, at: number): boolean {
  if (at < VECTORS_LENGTH || at + 4 > view.byteLength || at % 2 !== 0) return false;
  const first = view.getUint16(at, true);
  const isPush = (first & 0xff00) === PUSH_WITH_LR;
  const isWidePush = first === PUSH_WIDE && (view.getUint16(at + 2, true) & LR) !== 0;
  return isPush || isWidePush || first === RETURN || first === LOOP;
}

/** PUSH {..., LR}; PUSH.W (STMDB SP!), with LR as bit 14 of its second half; BX LR; B to itself (ARMv7-M ARM, A7.7). */
const [PUSH_WITH_LR, PUSH_WIDE, LR, RETURN, LOOP] = [0xb500, 0xe92d, 0x4000, 0x4770, 0xe7fe];
