import { address32, byte8, hex32 } from "../base/u32.ts";
import { bankAt, erasedAt } from "../chips/banks.ts";
import type { Chip } from "../chips/chip.ts";
import { sectorAt } from "../chips/sectors.ts";
import { imageRange, readAt } from "../image/image-bytes.ts";
import type { ProtectionField } from "../chips/protection-scheme.ts";
import { flashGroups } from "../protection/chip-fields.ts";
import { hasRegions, protectedRanges, rangesText } from "../protection/protected-regions.ts";
import { advise } from "./advise.ts";
import type { Cause, CauseEvidence, Suspicion } from "./cause.ts";
import { addressesOf, type DifferingByte, type Evidence } from "./evidence.ts";
import { shiftCandidates, shiftFit } from "./shift.ts";

/** Explanations that look at the pattern of all the bytes that differ; the likelier ones of two that fit come first. */
export const MEMORY_SUSPICIONS: readonly Suspicion[] = [
  (evidence) => lockedChip(evidence),
  (evidence) => protectedRegion(evidence),
  (evidence) => cutWhileProgramming(evidence),
  (evidence) => blank(evidence),
  (evidence) => shifted(evidence),
  (evidence) => byteSwapped(evidence),
  (evidence) => stuckBits(evidence),
  (evidence) => overProgrammed(evidence),
  (evidence) => staleImage(evidence),
];

/** Part of the bytes that must fit a pattern before it explains a difference. */
const MOST = 0.9;
/** Bytes without which a pattern may be chance, and different values among them. */
const FEWEST = 16;
/** Bytes that have only lost bits, below which that is no sign of anything. */
const FEW = 4;
const VALUES = 8;

const PROGRAM_AGAIN = advise("program-again");

/** Evidence that only these texts hold. */
const stated = (...texts: readonly string[]): readonly CauseEvidence[] => texts.map((text) => ({ text }));

function lockedChip({ bytes, history }: Evidence): Cause | undefined {
  const none = bytes.every(({ actual }) => actual === undefined);
  if (!none || (!history.locked && bytes.length < 64)) return undefined;
  return {
    id: "locked-chip",
    likelihood: history.locked ? "certain" : "possible",
    what: "Not one of the bytes could be read: the chip is locked.",
    for: stated(
      history.locked
        ? "The debug port says that the chip is secured."
        : "Every read was refused, as a secured chip does.",
    ),
    against: stated(...(history.locked ? [] : ["The debug port was not asked whether the chip is secured."])),
    test: advise("see-whether-locked"),
    remedy: [advise("open-then-program")],
  };
}

function protectedRegion(evidence: Evidence): Cause | undefined {
  const fields = flashGroups(evidence.chip).flatMap(({ fields }) => fields);
  return fields.map((field) => protectedBy(field, evidence)).find((cause) => cause !== undefined);
}

function protectedBy(field: ProtectionField, evidence: Evidence): Cause | undefined {
  const { bytes, image, history, chipByte } = evidence;
  if (!hasRegions(field)) return undefined;
  const own = addressesOf(field);
  const ranges = protectedRanges(
    field,
    Uint8Array.from(own, (at) => chipByte(at) ?? 0xff),
  );
  const within = (address: number) => ranges.some(({ start, end }) => address >= start && address <= end);
  if (ranges.length === 0 || !bytes.every(({ address }) => within(address))) return undefined;
  const sure = !bytes.some(({ address }) => own.includes(address));
  const some = image.segments.some(({ address, bytes: all }) => !within(address) || !within(address + all.length - 1));
  return {
    id: "protected-region",
    likelihood: sure && some && !history.interrupted ? "likely" : "possible",
    what: `The chip's ${field.name} protects ${rangesText(ranges)} from being programmed, and every difference lies there.`,
    for: stated("No byte outside of the protected regions differs."),
    against: stated(
      "The flash controller reports a refused command, which the tool should have passed on.",
      ...(some ? [] : ["The whole image lies in protected regions, so that is weak evidence."]),
    ),
    test: advise("program-region-alone"),
    remedy: [advise("mass-erase-write-protection")],
  };
}

function cutWhileProgramming(evidence: Evidence): Cause | undefined {
  const { bytes, chip, image, history } = evidence;
  const border = bytes[0]?.address ?? 0;
  const rest = bytes.filter(({ actual }) => actual !== undefined);
  const bank = bankAt(chip, border);
  const sector = bank && sectorAt(bank, border);
  const blankRest = fraction(rest, isBlankOn(chip)) >= MOST && restIsBlank(evidence, border);
  const shape = blankRest && border !== imageRange(image).start && rest.length >= (sector?.bank.write.unit ?? 1);
  if (!history.interrupted && !shape) return undefined;
  const inside = shape && sector !== undefined && sector.address !== border;
  return {
    id: "cut-while-programming",
    likelihood: "likely",
    what: `Programming stopped near ${address32(border)}: power, cable or the user cut it off.`,
    for: stated(
      ...(history.interrupted ? ["The job was interrupted."] : []),
      ...(blankRest ? [`Everything before ${address32(border)} is right, and everything from there on is blank.`] : []),
      ...(inside ? ["The border lies within a sector, which was erased as a whole and filled in part."] : []),
    ),
    against: stated(...(history.interrupted ? [] : ["Nothing else points to an interruption."])),
    test: PROGRAM_AGAIN,
    remedy: [PROGRAM_AGAIN, advise("keep-power-stable")],
  };
}

/** Whether a byte reads as an erased one of its bank. */
const isBlankOn =
  (chip: Chip) =>
  ({ address, actual }: DifferingByte): boolean =>
    actual === erasedAt(chip, address);

/** Whether the chip holds nothing but blank bytes from an address to the image's end, looked at in steps. */
function restIsBlank({ image, chip, chipByte }: Evidence, from: number): boolean {
  const { end } = imageRange(image);
  const step = Math.max(1, Math.floor((end - from) / 512));
  for (let address = from; address < end; address += step) {
    const erased = erasedAt(chip, address);
    if ((chipByte(address) ?? erased) !== erased) return false;
  }
  return true;
}

function blank({ bytes, chip }: Evidence): Cause | undefined {
  const part = fraction(bytes, isBlankOn(chip));
  if (part < MOST) return undefined;
  const erased = byte8(erasedAt(chip, bytes[0].address));
  return {
    id: "blank",
    likelihood: "likely",
    what: "The chip is blank there: it was erased, but not programmed.",
    for: stated(`${percent(part)} of the bytes that differ read ${erased}.`),
    against: stated(...(part === 1 ? [] : ["Not every byte that differs is blank."])),
    test: PROGRAM_AGAIN,
    remedy: [PROGRAM_AGAIN, advise("check-chip-and-address")],
  };
}

/** Bytes from the image's start within which a shifted image differs: its vectors are at the wrong place, too. */
const SHIFTED_FROM = 64;

function shifted(evidence: Evidence): Cause | undefined {
  const { bytes, image } = evidence;
  if (bytes.length < FEWEST || isMonotonous(bytes) || bytes[0].address - imageRange(image).start >= SHIFTED_FROM)
    return undefined;
  const fits = (shift: number) => shiftFit(bytes, image, shift);
  const shift = shiftCandidates(evidence).find((distance) => fits(distance) >= MOST);
  if (shift === undefined) return undefined;
  const distance = `${Math.abs(shift)} (0x${Math.abs(shift).toString(16).toUpperCase()}) bytes`;
  return {
    id: "shifted",
    likelihood: "likely",
    what: `The chip holds the image ${distance} too ${shift > 0 ? "high" : "low"}.`,
    for: stated(`${percent(fits(shift))} of the bytes that differ are the image's bytes from that far away.`),
    against: stated(...(fits(shift) === 1 ? [] : ["Some bytes fit neither here nor there."])),
    test: advise("read-both-places"),
    remedy: [advise("check-raw-address")],
  };
}

/** Orders of bytes that a wrong width or endianness leaves. */
const SWAPS = [
  { flip: 1, what: "the two bytes of every 16-bit word swapped" },
  { flip: 3, what: "the four bytes of every 32-bit word reversed" },
  { flip: 2, what: "the two halves of every 32-bit word swapped" },
];

function byteSwapped({ bytes, image }: Evidence): Cause | undefined {
  if (bytes.length < FEWEST || isMonotonous(bytes)) return undefined;
  const fits = (flip: number) =>
    fraction(bytes, ({ address, actual }) => actual !== undefined && actual === readAt(image, (address ^ flip) >>> 0));
  const swap = SWAPS.find(({ flip }) => fits(flip) >= MOST);
  if (!swap) return undefined;
  return {
    id: "byte-swapped",
    likelihood: "likely",
    what: `The chip holds the image with ${swap.what}.`,
    for: stated(`${percent(fits(swap.flip))} of the bytes that differ fit that order.`),
    against: stated(...(fits(swap.flip) === 1 ? [] : ["Some bytes fit neither order."])),
    test: advise("read-eight-bytes"),
    remedy: [advise("drop-byte-order")],
  };
}

function stuckBits({ bytes }: Evidence): Cause | undefined {
  const readable = bytes.filter(({ actual }) => actual !== undefined);
  if (readable.length < bytes.length) return undefined;
  const flipped = readable.reduce(
    (all, byte) => (all | (((byte.actual ?? 0) ^ byte.expected) << ((byte.address & 3) * 8))) >>> 0,
    0,
  );
  const few = onesIn(flipped) <= 2;
  const single = readable.length === 1 && onesIn(flipped) === 1;
  if (!single && (!few || readable.length < FEWEST)) return undefined;
  return {
    id: "stuck-bits",
    likelihood: single ? "possible" : "likely",
    what: single ? "One bit flipped." : `Only the bits 0x${hex32(flipped)} of 32-bit words differ, over and over.`,
    for: stated(`${readable.length} bytes differ, always in the same ${onesIn(flipped)} bit(s) of the word.`),
    against: stated(...(single ? ["One bit alone is weak evidence: it may also have been changed on purpose."] : [])),
    test: advise("read-thrice-slower"),
    remedy: [advise("improve-wires"), advise("replace-worn-flash")],
  };
}

function overProgrammed({ bytes }: Evidence): Cause | undefined {
  const unreadable = bytes.filter(({ actual }) => actual === undefined);
  const fallen = fraction(bytes, ({ expected, actual }) => actual === undefined || (actual & ~expected) === 0);
  const significant = bytes.filter(({ expected, actual }) => actual === undefined || expected !== 0xff);
  if (
    fallen < MOST ||
    (significant.length < FEW && bytes.length < FEWEST) ||
    (unreadable.length === bytes.length && bytes.length >= 64)
  )
    return undefined;
  return {
    id: "over-programmed",
    likelihood: "likely",
    what: "The flash was not blank when it was programmed: what stood there and the image are ANDed.",
    for: stated(
      ...(unreadable.length < bytes.length
        ? ["Bits are 0 where the image has 1, and never 1 where it has 0: programming only clears bits."]
        : []),
      ...(unreadable.length > 0
        ? ["Some bytes cannot be read: this flash answers a broken ECC with a bus fault."]
        : []),
    ),
    against: stated(...(significant.length >= FEWEST ? [] : ["A few bytes can look like that by chance."])),
    test: advise("program-blank-sector"),
    remedy: [advise("erase-sectors-first")],
  };
}

function staleImage({ bytes, count, image, chip }: Evidence): Cause | undefined {
  const live = fraction(bytes, (byte) => byte.actual !== undefined && !isBlankOn(chip)(byte));
  if (count < 16 || live < 0.5) return undefined;
  const total = image.segments.reduce((sum, segment) => sum + segment.bytes.length, 0);
  return {
    id: "stale-image",
    likelihood: "possible",
    what: "The chip holds another build, or another program.",
    for: stated(`${count} of ${total} bytes differ, and what stands there is no blank flash.`),
    against: stated("That is what is left when nothing else fits, and no proof."),
    test: advise("verify-earlier-file"),
    remedy: [advise("program-or-verify-this")],
  };
}

/** Whether bytes have hardly any values: tables of a few constants fit any shift and any order. */
const isMonotonous = (bytes: readonly DifferingByte[]): boolean =>
  [bytes.map(({ expected }) => expected), bytes.map(({ actual }) => actual)].some((all) => new Set(all).size < VALUES);

const fraction = (bytes: readonly DifferingByte[], fits: (byte: DifferingByte) => boolean): number =>
  bytes.length === 0 ? 0 : bytes.filter(fits).length / bytes.length;

const percent = (part: number): string => `${Math.floor(part * 100)} %`;

function onesIn(word: number): number {
  let ones = 0;
  for (let rest = word >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) ones++;
  return ones;
}
