import { MK24FN1M0xxx12 } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { lockingFields } from "../../src/protection/chip-fields.ts";
import { canEndForEver, isForEver, keptOpen as kept, stateOf, valueText } from "../../src/protection/field-value.ts";

/** The K24's one field that can close it. */
export const [FSEC] = lockingFields(MK24FN1M0xxx12);

/** The name of the state that a security byte means. */
export const judgeFsec = (byte: number): string => stateOf(FSEC.field, byte).state;

/** Whether no mass erase opens a chip with this byte. */
export const isIrreversible = (byte: number): boolean => isForEver(stateOf(FSEC.field, byte));

/** Whether a power cut on the way to this byte can leave one that no mass erase opens. */
export const hasDangerousNeighbour = (byte: number): boolean => canEndForEver(FSEC, byte);

/** The byte that keeps the chip open. */
export const keptOpen = (byte: number): number => kept(FSEC, byte);

/** A security byte for people. */
export const fsecText = (byte: number): string => valueText(FSEC.field, byte);
