/** Logical left, as the encodings number the shift types. */
export const LSL = 0;
/** Arithmetic right. */
const ASR = 2;
/** Rotate right; RRX where an immediate amount is 0. */
export const ROR = 3;

/**
 * A value shifted by an amount from a register, 0 to 255 (ARMv7-M ARM A2.2.1). Signed 32-bit result.
 */
export function shiftByRegister(value: number, type: number, amount: number): number {
  if (amount === 0) return value;
  if (type === ROR) return (value >>> (amount & 31)) | (value << (-amount & 31));
  if (type === ASR) return value >> Math.min(amount, 31);
  if (amount > 31) return 0;
  return type === LSL ? value << amount : (value >>> amount) | 0;
}

/** The carry that the same shift leaves: the last bit shifted out, or `carry` when nothing moved. */
export function carryByRegister(value: number, type: number, amount: number, carry: number): number {
  if (amount === 0) return carry;
  if (type === ROR) return (value >>> ((amount - 1) & 31)) & 1;
  if (type === ASR) return (value >> Math.min(amount - 1, 31)) & 1;
  if (amount > 32) return 0;
  return type === LSL ? (value >>> (32 - amount)) & 1 : (value >>> (amount - 1)) & 1;
}

/** Amount 0 of an immediate LSR or ASR means 32. */
const immediateAmount = (type: number, amount: number): number => (amount === 0 && type !== LSL ? 32 : amount);

/** A value shifted by an encoded immediate; ROR by 0 is RRX. Signed 32-bit result. */
export function shiftByImmediate(value: number, type: number, amount: number, carry: number): number {
  if (type === ROR && amount === 0) return (carry << 31) | (value >>> 1);
  return shiftByRegister(value, type, immediateAmount(type, amount));
}

/** The carry of `shiftByImmediate`. */
export function carryByImmediate(value: number, type: number, amount: number, carry: number): number {
  if (type === ROR && amount === 0) return value & 1;
  return carryByRegister(value, type, immediateAmount(type, amount), carry);
}
