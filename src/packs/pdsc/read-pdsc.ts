import type { PackDevice } from "../device.ts";
import { invalidPack } from "../pack-error.ts";
import { childrenOf, childText } from "./attributes.ts";
import { accessPortsOf, algorithmsOf, debugOf, debugPortsOf, memoriesOf, processorsOf } from "./device-parts.ts";
import type { Levels } from "./inherit.ts";
import { sequencesOf } from "./sequences.ts";
import { readXml, type XmlElement } from "./xml.ts";

/** A name that a user may call a device by, and where its description stands. */
export interface DeviceEntry {
  readonly name: string;
  readonly vendor: string;
  readonly family: string;
  readonly subFamily?: string;
  readonly variantOf?: string;
  readonly levels: Levels;
}

/** A pack's description. */
export interface PackDescription {
  /** `NXP.MK24F12_DFP`, without the version. */
  readonly id: string;
  readonly vendor: string;
  readonly name: string;
  /** Of its latest release; empty where the description has none. */
  readonly version: string;
  readonly description: string;
  /** The licence's file in the pack, where it names one. */
  readonly license?: string;
  /** Devices and their variants, in the order of the file. */
  readonly devices: readonly DeviceEntry[];
}

/**
 * Reads a pack's description (`*.pdsc`): who made it, and its devices by their names. What a device has is read by
 * `resolveDevice` only for the one that is wanted.
 *
 * Throws `PackError` `pack-invalid` and `pack-too-large`.
 */
export function readPdsc(bytes: Uint8Array): PackDescription {
  const root = readXml(bytes, (path) => KEPT.test(path));
  if (root.name !== "package")
    throw invalidPack("not-a-pdsc", `The description begins with <${root.name}>, not <package>`);
  const [vendor, name] = [nameIn(root, "vendor"), nameIn(root, "name")];
  const [latest] = childrenOf(root, "releases").flatMap((releases) => childrenOf(releases, "release"));
  const license = childText(root, "license");
  return {
    id: `${vendor}.${name}`,
    ...{ vendor, name, version: latest?.attributes["version"] ?? "" },
    description: childText(root, "description") ?? "",
    ...(license && { license: license.replaceAll("\\", "/") }),
    devices: childrenOf(root, "devices")
      .flatMap((devices) => childrenOf(devices, "family"))
      .flatMap(entriesOf),
  };
}

/** What is read of a description; components, boards, conditions and examples are not. */
const KEPT = /^package\/(vendor|name|description|license|releases|devices)\b/;

function nameIn(root: XmlElement, element: string): string {
  const text = childText(root, element);
  if (text !== undefined && /^[\w.+-]+$/.test(text) && !text.includes("..")) return text;
  throw invalidPack("pack-name", `The description's <${element}> is no name of a pack`, { element });
}

/** Every device of a family and its variants. */
function entriesOf(family: XmlElement): readonly DeviceEntry[] {
  const vendor = (family.attributes["Dvendor"] ?? "").replace(/:\d+$/, "");
  const shared = { vendor, family: family.attributes["Dfamily"] ?? "" };
  const direct = childrenOf(family, "device").flatMap((device) => namesOf(device, [family], shared));
  const nested = childrenOf(family, "subFamily").flatMap((sub) =>
    childrenOf(sub, "device").flatMap((device) =>
      namesOf(device, [family, sub], { ...shared, subFamily: sub.attributes["DsubFamily"] ?? "" }),
    ),
  );
  return [...direct, ...nested];
}

function namesOf(
  device: XmlElement,
  above: Levels,
  shared: Pick<DeviceEntry, "vendor" | "family" | "subFamily">,
): readonly DeviceEntry[] {
  const name = device.attributes["Dname"] ?? "";
  if (name === "")
    throw invalidPack("device-name", `A device in line ${device.line} has no Dname`, { line: device.line });
  const variants = childrenOf(device, "variant").map((variant) => ({
    ...shared,
    name: variant.attributes["Dvariant"] ?? "",
    variantOf: name,
    levels: [...above, device, variant],
  }));
  return [{ ...shared, name, levels: [...above, device] }, ...variants.filter((variant) => variant.name !== "")];
}

/** A device with everything that it inherits; throws `PackError` `pack-invalid` where a number in it is none. */
export function resolveDevice({ levels, ...names }: DeviceEntry): PackDevice {
  const vars = levels.flatMap((level) => childrenOf(level, "debugvars")).at(-1);
  const debugVars = vars?.text.trim();
  return {
    ...names,
    processors: processorsOf(levels),
    memories: memoriesOf(levels),
    algorithms: algorithmsOf(levels),
    debugPorts: debugPortsOf(levels),
    accessPorts: accessPortsOf(levels),
    debug: debugOf(levels),
    ...(debugVars && { debugVars }),
    sequences: sequencesOf(levels),
    books: levels
      .flatMap((level) => childrenOf(level, "book"))
      .map(({ attributes }) => attributes["title"] ?? attributes["name"] ?? ""),
  };
}
