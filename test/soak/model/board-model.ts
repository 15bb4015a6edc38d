import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import type { Image } from "../../../src/image/image.ts";

const [BANK] = chip.banks;
/** Bytes of flash. */
export const FLASH = BANK.length;
/** Bytes of a sector. */
export const SECTOR = 0x1000;
/** The address of the security byte. */
export const FSEC = 0x40c;
/** Where the flash configuration field stands. */
const FIELD = { start: 0x400, length: 16 };

/** Whether a security byte leaves the chip open: SEC is 10. */
export const isOpen = (fsec: number): boolean => (fsec & 3) === 2;

/** What a command may do to the flash. */
export interface Allowed {
  /** Addresses of the sectors that it may change. */
  readonly sectors: readonly number[];
  /** It may leave the security byte in a locked state. */
  readonly lock: boolean;
  /** It may erase everything. */
  readonly massErase: boolean;
}

/** What a command that ended well has to leave: each changes the content before it in place. */
export type Change = (content: Uint8Array) => void;

/**
 * What the flash of a board holds, followed command by command: an outcome that the model rules out is a contradiction.
 */
export class BoardModel {
  private content: Uint8Array;

  constructor(flash: Uint8Array) {
    this.content = flash.slice();
  }

  /** Whether the chip holds exactly what an image has. */
  holds = (image: Image): boolean =>
    image.segments.every(({ address, bytes }) => bytes.every((byte, i) => byte === this.content[address + i]));

  /** Bytes as the chip has to answer them. */
  bytes = (start: number, length: number): Uint8Array => this.content.slice(start, start + length);

  /** Whether the chip is locked at its next reset. */
  get isLocked(): boolean {
    return !isOpen(this.content[FSEC]);
  }

  /** After a command that reported success: answers what contradicts that. */
  afterSuccess(flash: Uint8Array, change: Change, allowed: Allowed): readonly string[] {
    const expected = this.content.slice();
    change(expected);
    // The chip may have been opened on the way: then only what the command wrote is left.
    const wiped = erased(new Uint8Array(FLASH));
    change(wiped);
    const wrong = differing(flash, expected);
    const isRight = wrong.length === 0 || (allowed.massErase && differing(flash, wiped).length === 0);
    const contradictions = isRight ? [] : [`success, but ${listed(wrong)} holds something else`];
    return [...contradictions, ...this.strange(flash, allowed), ...this.settle(flash, allowed)];
  }

  /**
   * After a command that failed: only sectors that it was allowed to change may differ. One that was called off has left each
   * as it was, or as the whole command would have.
   */
  afterFailure(flash: Uint8Array, allowed: Allowed, calledOff?: Change): readonly string[] {
    const changed = differing(flash, this.content);
    const expected = this.content.slice();
    calledOff?.(expected);
    const partly = calledOff ? differing(flash, expected).filter((at) => changed.includes(at)) : [];
    const torn =
      partly.length > 0 && !allowed.massErase
        ? [`called off, and ${listed(partly)} is neither as before nor as asked`]
        : [];
    return [...this.strange(flash, allowed), ...torn, ...this.settle(flash, allowed)];
  }

  /** Whatever came of a command: sectors that it was not given stay. */
  private strange(flash: Uint8Array, { sectors, massErase }: Allowed): readonly string[] {
    const changed = massErase ? [] : differing(flash, this.content).filter((at) => !sectors.includes(at));
    return changed.length > 0 ? [`${listed(changed)} changed, which the command was not given`] : [];
  }

  private settle(flash: Uint8Array, { lock }: Allowed): readonly string[] {
    const wasLocked = this.isLocked;
    this.content = flash.slice();
    return this.isLocked && !wasLocked && !lock ? [`FSEC is 0x${hex(flash[FSEC])}, which no consent allowed`] : [];
  }
}

/** Everything blank, but an open security byte: what an erase leaves. */
function erased(flash: Uint8Array): Uint8Array {
  flash.fill(0xff);
  flash[FSEC] = 0xfe;
  return flash;
}

/** Leaves sectors blank; in the first one the configuration field stays open. */
export const eraseSectors =
  (sectors: readonly number[]): Change =>
  (content) => {
    for (const at of sectors) content.fill(0xff, at, at + SECTOR);
    if (sectors.includes(0)) content[FSEC] = 0xfe;
  };

/** Leaves an image's bytes; what it does not have of its sectors stays, or becomes blank. */
export const program =
  (image: Image, { keepRest, keepOpen }: { readonly keepRest: boolean; readonly keepOpen: boolean }): Change =>
  (content) => {
    const field = image.segments.some(({ address, bytes }) => address <= FSEC && FSEC < address + bytes.length);
    if (!keepRest) eraseSectors(sectorsOf(image))(content);
    for (const { address, bytes } of image.segments) content.set(bytes, address);
    if (field && keepOpen && !isOpen(content[FSEC])) content[FSEC] = (content[FSEC] & ~3) | 2;
  };

/** The sectors that an image touches, by their addresses. */
export const sectorsOf = (image: Image): readonly number[] => [
  ...new Set(image.segments.flatMap(({ address, bytes }) => sectorsIn(address, bytes.length))),
];

/** The sectors of a range, by their addresses. */
export function sectorsIn(start: number, length: number): readonly number[] {
  const first = start - (start % SECTOR);
  return Array.from({ length: Math.ceil((start + length - first) / SECTOR) }, (_, i) => first + i * SECTOR);
}

const differing = (one: Uint8Array, other: Uint8Array): readonly number[] =>
  sectorsIn(0, FLASH).filter(
    (at) => Buffer.compare(one.subarray(at, at + SECTOR), other.subarray(at, at + SECTOR)) !== 0,
  );

const hex = (value: number) => value.toString(16).padStart(2, "0");
const listed = (sectors: readonly number[]) => `${sectors.length} sectors from 0x${hex(sectors[0] ?? 0)}`;

/** The range of the configuration field, for images that have one. */
export const CONFIGURATION_FIELD = FIELD;
