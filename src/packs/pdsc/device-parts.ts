import type { PackAccessPort, PackAlgorithm, PackDebug, PackDebugPort, PackMemory, PackProcessor } from "../device.ts";
import { invalidPack } from "../pack-error.ts";
import { checkedMemory } from "../stated-flash.ts";
import { type Attributes, childrenOf, isOn, numberOf, word } from "./attributes.ts";
import { laidOver, type Levels, superseding } from "./inherit.ts";

/** The processors of a device: one of a name at every level is the same one. */
export const processorsOf = (levels: Levels): readonly PackProcessor[] =>
  laidOver(levels, "processor", ({ Pname = "" }) => Pname).map((attributes) => ({
    ...named("name", attributes["Pname"]),
    core: attributes["Dcore"] ?? "unknown",
    units: numberOf(attributes, "Punits") ?? 1,
    fpu: fpuOf(attributes["Dfpu"]),
    mpu: /^(MPU|1)$/i.test(attributes["Dmpu"] ?? ""),
    endian: endianOf(attributes["Dendian"]),
    ...counted("clock", numberOf(attributes, "Dclock")),
  }));

function fpuOf(text = ""): PackProcessor["fpu"] {
  if (/^DP_FPU$/i.test(text)) return "double";
  return /^(SP_FPU|FPU|1)$/i.test(text) ? "single" : "none";
}

function endianOf(text = ""): PackProcessor["endian"] {
  if (/^Big/i.test(text)) return "big";
  return /^Configurable$/i.test(text) ? "configurable" : "little";
}

/** The memories of a device; one is the same at every level by its name, or its id in old packs, and its processor. */
export const memoriesOf = (levels: Levels): readonly PackMemory[] =>
  laidOver(levels, "memory", (attributes) => `${memoryName(attributes)} ${attributes["Pname"] ?? ""}`).map(
    (attributes) => {
      const name = memoryName(attributes);
      const start = word(attributes, "start", `The memory ${name}`);
      const length = word(attributes, "size", `The memory ${name}`);
      return {
        name,
        ...checkedMemory({ start, length }, name),
        access: accessOf(attributes),
        isDefault: isOn(attributes, "default"),
        ...named("alias", attributes["alias"]),
        ...named("core", attributes["Pname"]),
      };
    },
  );

const memoryName = ({ name, id }: Attributes): string => name ?? id ?? "memory";

/** Letters of what a memory can do; in old packs its id says it: IROM1 is read and executed, IRAM1 written, too. */
function accessOf({ access, id = "", name }: Attributes): PackMemory["access"] {
  const usual =
    name === undefined && /^I?ROM/i.test(id) ? "rx" : name === undefined && /^I?RAM/i.test(id) ? "rwx" : "r";
  const letters = access ?? usual;
  return { read: letters.includes("r"), write: letters.includes("w"), execute: letters.includes("x") };
}

/** The flash algorithms of a device: of two for the same addresses in the same style, the inner level's. */
export const algorithmsOf = (levels: Levels): readonly PackAlgorithm[] =>
  superseding(levels, "algorithm", placeAndStyle).map(({ attributes }) => {
    const path = (attributes["name"] ?? "").replaceAll("\\", "/");
    const of = `The algorithm ${path}`;
    const [ramStart, ramSize] = [numberOf(attributes, "RAMstart"), numberOf(attributes, "RAMsize")];
    return {
      path,
      start: word(attributes, "start", of),
      length: word(attributes, "size", of),
      ...(ramStart !== undefined && ramSize !== undefined && { ram: { start: ramStart, length: ramSize } }),
      isDefault: isOn(attributes, "default"),
      style: styleOf(attributes["style"]),
      ...named("core", attributes["Pname"]),
    };
  });

const placeAndStyle = (attributes: Attributes): string => {
  const [start, size] = [numberOf(attributes, "start"), numberOf(attributes, "size")];
  return [start, size, attributes["style"] ?? "Keil", attributes["Pname"] ?? ""].join(" ");
};

function styleOf(text = "Keil"): PackAlgorithm["style"] {
  const style = (["Keil", "IAR", "CMSIS"] as const).find((known) => known.toLowerCase() === text.toLowerCase());
  if (!style)
    throw invalidPack("style", `A flash algorithm has the style "${text.slice(0, 40)}"`, { style: text.slice(0, 40) });
  return style;
}

/** The debug ports of a device. */
export const debugPortsOf = (levels: Levels): readonly PackDebugPort[] =>
  superseding(levels, "debugport", byNumber("__dp")).map((element) => {
    const [swd] = childrenOf(element, "swd");
    return {
      dp: numberOf(element.attributes, "__dp") ?? 0,
      ...counted("idcode", swd && numberOf(swd.attributes, "idcode")),
      ...counted("targetsel", swd && numberOf(swd.attributes, "targetsel")),
    };
  });

/** The access ports of a device, both kinds. */
export const accessPortsOf = (levels: Levels): readonly PackAccessPort[] => [
  ...superseding(levels, "accessportV1", byNumber("__apid")).map(({ attributes }) => ({
    ...portOf(attributes),
    place: { v: 1, index: numberOf(attributes, "index") ?? 0 } as const,
  })),
  ...superseding(levels, "accessportV2", byNumber("__apid")).map(({ attributes }) => ({
    ...portOf(attributes),
    place: { v: 2, address: word(attributes, "address", "An access port") } as const,
    ...counted("parent", numberOf(attributes, "parent")),
  })),
];

const portOf = (attributes: Attributes) => ({
  id: word(attributes, "__apid", "An access port"),
  dp: numberOf(attributes, "__dp") ?? 0,
});

/** How each processor of a device is reached. */
export const debugOf = (levels: Levels): readonly PackDebug[] =>
  superseding(levels, "debug", ({ Pname = "", Punit = "" }) => `${Pname} ${Punit}`).map(({ attributes }) => {
    const id = numberOf(attributes, "__apid");
    return {
      ...named("core", attributes["Pname"]),
      dp: numberOf(attributes, "__dp") ?? 0,
      ap: id === undefined ? { index: numberOf(attributes, "__ap") ?? 0 } : { id },
      ...named("svd", attributes["svd"]?.replaceAll("\\", "/")),
      ...named("resetSequence", attributes["defaultResetSequence"]),
    };
  });

const byNumber = (name: string) => (attributes: Attributes) => String(numberOf(attributes, name) ?? 0);

/** A field that is there only with a text. */
const named = <K extends string>(key: K, text: string | undefined): { readonly [key in K]?: string } =>
  (text === undefined ? {} : { [key]: text }) as { readonly [key in K]?: string };

/** A field that is there only with a number. */
const counted = <K extends string>(key: K, value: number | undefined): { readonly [key in K]?: number } =>
  (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: number };
