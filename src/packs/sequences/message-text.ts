/** The most characters of a message. */
const MOST_CHARACTERS = 1000;

const PLACE = /%%|%(0?)(\d{0,3})(?:\.(\d{1,2}))?(ll|L)?([uxXobdifs])/g;

/**
 * A text with values in the places that `Message` has for them: `%u`, `%x`, `%X`, `%o`, `%b` and C's `%d` of the low 32 bits,
 * with `ll` of all 64, `%f` and `%Lf` of a float's bits, `%s`; a place without a value of its kind stays as it is.
 */
export function messageText(format: string, values: readonly (bigint | string)[]): string {
  const left = [...values];
  const text = format.replace(PLACE, (place, zero: string, width: string, precision: string | undefined, ...rest) => {
    if (place === "%%") return "%";
    const [size, kind] = rest as [string | undefined, string];
    const value = left.shift();
    if (value === undefined || (typeof value === "string") !== (kind === "s")) return place;
    const digits = precision === undefined ? undefined : Number(precision);
    const shown =
      typeof value === "string" ? value.slice(0, digits) : numberText(value, kind, size !== undefined, digits);
    return shown.padStart(Number(width), zero === "" ? " " : "0");
  });
  return text.slice(0, MOST_CHARACTERS);
}

const BASES: { readonly [kind: string]: number } = { x: 16, X: 16, o: 8, b: 2 };

function numberText(value: bigint, kind: string, isWide: boolean, digits: number | undefined): string {
  const bits = isWide ? 64 : 32;
  if (kind === "f") return floatText(value, isWide, digits ?? 6);
  const cut = kind === "d" || kind === "i" ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  const text = cut.toString(BASES[kind] ?? 10).padStart(digits ?? 0, "0");
  return kind === "X" ? text.toUpperCase() : text;
}

function floatText(value: bigint, isWide: boolean, digits: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value);
  return (isWide ? view.getFloat64(0) : view.getFloat32(4)).toFixed(digits);
}
