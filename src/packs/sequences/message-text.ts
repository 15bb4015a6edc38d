/** The most characters of a message. */
const MOST_CHARACTERS = 1000;

/** A text with values in the places that C's `printf` has for whole numbers (`%d`, `%u`, `%x`, `%X`, `%08X`, `%%`). */
export function messageText(format: string, values: readonly bigint[]): string {
  const left = [...values];
  const text = format.replace(
    /%%|%(0?)(\d{0,2})(?:ll?|I64)?([diuxXo])/g,
    (place, zero: string, width: string, kind: string) => {
      if (place === "%%") return "%";
      const value = left.shift();
      return value === undefined ? place : numberText(value, kind).padStart(Number(width), zero === "" ? " " : "0");
    },
  );
  return text.slice(0, MOST_CHARACTERS);
}

function numberText(value: bigint, kind: string): string {
  if (kind === "x") return value.toString(16);
  if (kind === "X") return value.toString(16).toUpperCase();
  if (kind === "o") return value.toString(8);
  return kind === "u" ? String(value) : String(BigInt.asIntN(64, value));
}
