/** A processor that is named in the place of a chip, as J-Link has `Cortex-M4`: memory and core, without any flash. */
export interface GenericCore {
  /** `Cortex-M` for any of them, else as CPUID names it: `Cortex-M4`. */
  readonly name: string;
  readonly isAny: boolean;
}

/** The processors that a core can be named as, and compared with. */
const NAMES: readonly string[] = ["M0", "M0+", "M1", "M3", "M4", "M7", "M23", "M33", "M35P", "M52", "M55", "M85"];

/** The processor of a name, whatever its case and the `?Loader` behind it; undefined for what names none. */
export function genericCore(name: string): GenericCore | undefined {
  const plain = name.replace(/\?.*$/s, "").trim().toLowerCase();
  if (plain === "cortex-m") return { name: "Cortex-M", isAny: true };
  const known = NAMES.map((each) => `Cortex-${each}`).find((each) => each.toLowerCase() === plain);
  return known === undefined ? undefined : { name: known, isAny: false };
}
