import type { Attributes } from "./attributes.ts";
import { childrenOf } from "./attributes.ts";
import type { XmlElement } from "./xml.ts";

/** The levels of a device from the outside in: family, sub-family, device, variant. */
export type Levels = readonly XmlElement[];

/** The attributes of every element of a name, those of an inner level laid over an outer one's of the same key. */
export function laidOver(
  levels: Levels,
  name: string,
  keyOf: (attributes: Attributes) => string,
): readonly Attributes[] {
  const merged = new Map<string, Attributes>();
  for (const { attributes } of levels.flatMap((level) => childrenOf(level, name))) {
    const key = keyOf(attributes);
    merged.set(key, { ...merged.get(key), ...attributes });
  }
  return [...merged.values()];
}

/** Every element of a name, one of an inner level in place of an outer one's of the same key. */
export function superseding(
  levels: Levels,
  name: string,
  keyOf: (attributes: Attributes) => string,
): readonly XmlElement[] {
  const merged = new Map<string, XmlElement>();
  for (const element of levels.flatMap((level) => childrenOf(level, name)))
    merged.set(keyOf(element.attributes), element);
  return [...merged.values()];
}
