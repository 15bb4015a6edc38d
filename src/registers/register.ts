import { bits, hex8, hex16, hex32 } from "../base/u32.ts";

/** Where a field lies, `[high, low]` both inclusive as the manuals write it, or one bit's number. */
export type FieldBits = number | readonly [high: number, low: number];

/** A field with words for its values; `otherwise` speaks for every value without words of its own. */
export interface WordedField {
  readonly bits: FieldBits;
  readonly words: { readonly [value: number]: string };
  readonly otherwise?: string;
}

/** One field of a register literal. */
export type FieldSpec = FieldBits | WordedField;

/** The fields of a register literal, from the highest bit down. */
export type FieldSpecs = { readonly [name: string]: FieldSpec };

/** A register as its manual page states it; addresses are absolute, or offsets for a DP, an AP and repeated blocks. */
export interface RegisterSpec<Fields extends FieldSpecs> {
  readonly name: string;
  readonly address: number;
  readonly width: 8 | 16 | 32;
  /** Document and section; ends with `(unsure)` where the page could not be read. */
  readonly section: string;
  readonly fields: Fields;
}

/** One field taken out of a register's value. */
export interface DecodedField {
  readonly name: string;
  readonly high: number;
  readonly low: number;
  readonly value: number;
  readonly words?: string;
}

/** A register's literal with the arithmetic on its fields. */
export interface Register<Fields extends FieldSpecs = FieldSpecs> extends RegisterSpec<Fields> {
  /** The value of one field, shifted down to bit 0. */
  field(value: number, name: keyof Fields & string): number;
  /** The bits that a field occupies. */
  mask(name: keyof Fields & string): number;
  /** A value made of the given fields, all others zero; throws `RangeError` for a value too wide for its field. */
  of(values: { readonly [Name in keyof Fields]?: number }): number;
  /** `value` with the given fields replaced. */
  with(value: number, values: { readonly [Name in keyof Fields]?: number }): number;
  /** Every field with its value and words, in the order of the definition. */
  decode(value: number): readonly DecodedField[];
  /** One line for people: `CTRL 0x7B: MODE 1 (slow), LOCK 3 (locked)`. */
  describe(value: number): string;
}

/** Makes a register out of its literal; throws `RangeError` for fields that overlap or leave the register. */
export function register<const Fields extends FieldSpecs>(spec: RegisterSpec<Fields>): Register<Fields> {
  checkFields(spec);
  const range = (name: string) => rangeOf(spec.fields[name]);
  const mask = (name: string) => maskOf(range(name));
  const replace = (value: number, values: { readonly [name: string]: number | undefined }) =>
    Object.entries(values).reduce((all, [name, part]) => insert(all, name, range(name), part ?? 0), value);
  const decode = (value: number) => Object.entries(spec.fields).map(([name, field]) => decodeField(name, field, value));
  return {
    ...spec,
    field: (value, name) => bits(value, ...range(name)),
    mask,
    of: (values) => replace(0, values),
    with: replace,
    decode,
    describe: (value) => `${spec.name} ${hexOf(value, spec.width)}: ${decode(value).map(fieldText).join(", ")}`,
  };
}

/** A register's value as its width prints it: `0x7B`, `0x01D3`, `0x0000002E`. */
function hexOf(value: number, width: 8 | 16 | 32): string {
  const digits = { 8: hex8, 16: hex16, 32: hex32 }[width];
  return `0x${digits(value)}`;
}

const bitsOf = (field: FieldSpec): FieldBits => (isWorded(field) ? field.bits : field);

const isWorded = (field: FieldSpec): field is WordedField => typeof field === "object" && "bits" in field;

function rangeOf(field: FieldSpec): readonly [number, number] {
  const at = bitsOf(field);
  return typeof at === "number" ? [at, at] : at;
}

const maskOf = ([high, low]: readonly [number, number]) => (bits(0xffffffff, high - low, 0) << low) >>> 0;

function insert(value: number, name: string, range: readonly [number, number], part: number): number {
  const mask = maskOf(range);
  const placed = (part << range[1]) >>> 0;
  if (bits(placed, ...range) !== part) throw new RangeError(`${part} does not fit field ${name}`);
  return ((value & ~mask) | placed) >>> 0;
}

function decodeField(name: string, field: FieldSpec, whole: number): DecodedField {
  const [high, low] = rangeOf(field);
  const value = bits(whole, high, low);
  const words = isWorded(field) ? (field.words[value] ?? field.otherwise) : undefined;
  return words === undefined ? { name, high, low, value } : { name, high, low, value, words };
}

const fieldText = (field: DecodedField) =>
  field.words === undefined ? `${field.name} ${field.value}` : `${field.name} ${field.value} (${field.words})`;

function checkFields(spec: RegisterSpec<FieldSpecs>): void {
  let taken = 0;
  for (const [name, field] of Object.entries(spec.fields)) {
    const [high, low] = rangeOf(field);
    const mask = maskOf([high, low]);
    if (low > high || high >= spec.width || taken & mask) throw new RangeError(`${spec.name}.${name} has no room`);
    taken |= mask;
  }
}
