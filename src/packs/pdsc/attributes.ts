import { invalidPack, type PackError } from "../pack-error.ts";
import type { XmlElement } from "./xml.ts";

/** Attributes as they stand in a description, or laid over each other from several levels of it. */
export type Attributes = { readonly [name: string]: string };

/** A number of a pack description: decimal, or hex with 0x, up to 64 bits. Undefined where the attribute is absent. */
export function numberOf(attributes: Attributes, name: string): number | undefined {
  const text = attributes[name]?.trim();
  if (text === undefined || text === "") return undefined;
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw notANumber(name, text);
  return value;
}

/** A number that has to be there, within 32 bits; throws `pack-invalid` where it is absent. */
export function word(attributes: Attributes, name: string, of: string): number {
  const value = numberOf(attributes, name);
  if (value === undefined) throw invalidPack("attribute", `${of} has no ${name}`, { attribute: name });
  if (value > 0x1_0000_0000) throw notANumber(name, attributes[name]);
  return value;
}

/** A switch: `1` and `true` are on. */
export const isOn = (attributes: Attributes, name: string): boolean =>
  /^(1|true)$/i.test(attributes[name]?.trim() ?? "");

/** The elements of a name directly in one. */
export const childrenOf = ({ children }: XmlElement, name: string): readonly XmlElement[] =>
  children.filter((child) => child.name === name);

/** The text of the first element of a name, trimmed; undefined where there is none. */
export const childText = (element: XmlElement, name: string): string | undefined =>
  childrenOf(element, name)[0]?.text.trim();

const notANumber = (name: string, text: string): PackError =>
  invalidPack("number", `${name}="${text.slice(0, 40)}" is no number of a pack description`, { attribute: name });
