import { invalidPack } from "../pack-error.ts";
import { childrenOf } from "../pdsc/attributes.ts";
import { readXml } from "../pdsc/xml.ts";

/** A pack that a vendor's index names. */
export interface IndexedPack {
  /** `Keil.STM32F4xx_DFP`. */
  readonly id: string;
  readonly version: string;
  /** The folder with the pack, which ends in `/`. */
  readonly url: string;
}

/** The most that an index may have; the largest public one has 1 MB (unsure). */
export const MOST_INDEX_BYTES = 0x100_0000;

/** What a vendor, a pack and a version are called: they become names of files and parts of addresses. */
const NAME = /^[\w.+-]{1,128}$/;

/** Reads a vendor's index (`*.pidx`); an entry that names no pack is left out. Throws `pack-invalid` and `pack-too-large`. */
export function readPackIndex(bytes: Uint8Array): readonly IndexedPack[] {
  const root = readXml(bytes);
  if (root.name !== "index") throw invalidPack("not-an-index", `The index begins with <${root.name}>, not <index>`);
  return childrenOf(root, "pindex")
    .flatMap((index) => childrenOf(index, "pdsc"))
    .flatMap(({ attributes: { vendor = "", name = "", version = "", url = "" } }) => {
      const isNamed = [vendor, name, version].every((text) => NAME.test(text) && !text.includes(".."));
      return isNamed && url !== ""
        ? [{ id: `${vendor}.${name}`, version, url: url.endsWith("/") ? url : `${url}/` }]
        : [];
    });
}

/** Which of two versions is the later one: below 0 where the first is earlier. Numbers count as such; `1.0.0-rc1` is before `1.0.0`. */
export function compareVersions(a: string, b: string): number {
  const [[numbersA, restA], [numbersB, restB]] = [partsOf(a), partsOf(b)];
  for (let i = 0; i < Math.max(numbersA.length, numbersB.length); i++) {
    const difference = (numbersA[i] ?? 0) - (numbersB[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if (restA === restB) return 0;
  if (restA === "" || restB === "") return restA === "" ? 1 : -1;
  return restA < restB ? -1 : 1;
}

function partsOf(version: string): readonly [numbers: readonly number[], rest: string] {
  const [, numbers = "", rest = ""] = /^([\d.]*)(?:[+-]?(.*))$/s.exec(version.replace(/\+.*$/s, "")) ?? [];
  return [numbers.split(".").map(Number), rest];
}
