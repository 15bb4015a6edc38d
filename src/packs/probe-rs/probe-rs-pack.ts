import type { ApAddress } from "../../chips/chip.ts";
import type { PackAccessPort, PackDevice, PackMemory, PackProcessor } from "../device.ts";
import type { DeviceName, Pack } from "../pack.ts";
import { invalidPack, PackError, unsupportedAlgorithm } from "../pack-error.ts";
import { isTable, listIn, maybeNumber, type Place, placeOf, textIn } from "../plain-value.ts";
import { rangeIn, readYamlAlgorithm } from "./yaml-algorithm.ts";
import { readYaml } from "./yaml.ts";

/** A family of chips as probe-rs describes it in a target file, with its algorithms in it. Throws `PackError`. */
export function probeRsPack(yaml: Uint8Array): Pack {
  const root = placeOf(readYaml(yaml), "the target file");
  const family = textIn(root, "name");
  const variants = listIn(root, "variants").map((value) => placeOf(value, `a variant of ${family}`));
  const algorithms = new Map(
    listIn(root, "flash_algorithms").map((value) => {
      const place = placeOf(value, `an algorithm of ${family}`);
      return [textIn(place, "name"), place];
    }),
  );
  const named = new Map<DeviceName, Place>(variants.flatMap((variant) => namesOf(variant, family)));
  return {
    ...{ id: `probe-rs.${family.replace(/[^\w.+-]+/g, "_")}`, vendor: vendorOf(root), version: "", format: "probe-rs" },
    description: `${family}, as probe-rs describes it`,
    devices: [...named.keys()],
    device: (name) => deviceOf(name, named.get(name) as Place, algorithms),
    algorithm: async (path) => algorithmOf(path, algorithms, variants),
  };
}

/** The vendor stands as a JEP106 code only. */
function vendorOf({ table }: Place): string {
  const { manufacturer } = table;
  return isTable(manufacturer)
    ? `JEP106 ${JSON.stringify(manufacturer["cc"])}/${JSON.stringify(manufacturer["id"])}`
    : "";
}

/** A variant's own name, and those of its packages. */
function namesOf(variant: Place, family: string): readonly (readonly [DeviceName, Place])[] {
  const name = textIn(variant, "name");
  const packages = listIn(variant, "package_variants").filter((each) => typeof each === "string");
  const shared = { vendor: "", family };
  return [
    [{ ...shared, name }, variant],
    ...packages
      .filter((each) => each !== name)
      .map((each) => [{ ...shared, name: each, variantOf: name }, variant] as const),
  ];
}

function deviceOf(name: DeviceName, variant: Place, algorithms: ReadonlyMap<string, Place>): PackDevice {
  const cores = listIn(variant, "cores").map((core) => placeOf(core, `a core of ${name.name}`));
  const targetsel = cores.flatMap((core) => maybeNumber(armOptions(core), "targetsel") ?? [])[0];
  return {
    ...name,
    processors: cores.map(processorOf),
    memories: listIn(variant, "memory_map").flatMap((memory) => memoryOf(memory, name.name)),
    algorithms: listIn(variant, "flash_algorithms").flatMap((path) =>
      typeof path === "string" ? useOf(path, algorithms) : [],
    ),
    debugPorts: [{ dp: 0, ...(targetsel !== undefined && { targetsel }) }],
    accessPorts: cores.map(accessPortOf),
    debug: cores.map((core, id) => ({ core: textIn(core, "name"), dp: 0, ap: { id } })),
    ...{ sequences: [], books: [] },
  };
}

/** Architectures by the names of probe-rs, as the smallest core that has them. */
const CORES: { readonly [type: string]: string } = {
  armv6m: "Cortex-M0+",
  armv7m: "Cortex-M3",
  armv7em: "Cortex-M4",
  armv8m: "Cortex-M33",
};

function processorOf(core: Place): PackProcessor {
  const type = textIn(core, "type");
  const name = textIn(core, "name");
  return { name, core: CORES[type] ?? type, units: 1, fpu: "none", mpu: false, endian: "little" };
}

/** What only cores of Arm have: their access port, and what selects their debug port. */
function armOptions({ table, what }: Place): Place {
  const options = table["core_access_options"];
  return { table: (isTable(options) && isTable(options["!Arm"]) && options["!Arm"]) || {}, what };
}

function accessPortOf(core: Place, id: number): PackAccessPort {
  const { table } = armOptions(core);
  const ap = isTable(table["ap"]) ? table["ap"] : {};
  const [v1, v2] = [ap["!v1"], ap["!v2"]];
  const place: ApAddress =
    typeof v2 === "number" ? { v: 2, address: v2 } : { v: 1, index: typeof v1 === "number" ? v1 : 0 };
  return { id, dp: 0, place };
}

const KINDS = { "!Nvm": "rx", "!Ram": "rwx", "!Generic": "rw" } as const;

function memoryOf(value: unknown, device: string): readonly PackMemory[] {
  const tagged = placeOf(value as never, `a memory of ${device}`);
  const [kind] = Object.entries(KINDS).filter(([tag]) => tag in tagged.table);
  if (!kind) throw invalidPack("memory-kind", `A memory of ${device} has no kind that is known`);
  const [tag, letters] = kind;
  const place = placeOf(tagged.table[tag], `a memory of ${device}`);
  const { name } = place.table;
  return [
    {
      ...rangeIn(place, "range"),
      name: typeof name === "string" ? name : tag.slice(1),
      access: { read: true, write: letters.includes("w"), execute: letters.includes("x") },
      isDefault: place.table["is_alias"] !== true,
      ...onlyCore(place),
    },
  ];
}

/** The one core that something is for, where there is one only. */
function onlyCore(place: Place): { readonly core?: string } {
  const [core, ...others] = listIn(place, "cores");
  return typeof core === "string" && others.length === 0 ? { core } : {};
}

/** Which addresses an algorithm is for; none where the file names one that it doesn't have. */
function useOf(path: string, algorithms: ReadonlyMap<string, Place>): PackDevice["algorithms"] {
  const place = algorithms.get(path);
  if (!place) return [];
  const range = rangeIn(placeOf(place.table["flash_properties"], `flash_properties of ${path}`), "address_range");
  return [{ path, ...range, isDefault: place.table["default"] === true, style: "CMSIS", ...onlyCore(place) }];
}

function algorithmOf(path: string, algorithms: ReadonlyMap<string, Place>, variants: readonly Place[]) {
  const place = algorithms.get(path);
  if (!place) throw new PackError("pack-not-found", `The target file has no algorithm ${path}`, { details: { path } });
  const types = variants
    .filter((variant) => listIn(variant, "flash_algorithms").includes(path))
    .flatMap((variant) => listIn(variant, "cores").map((core) => textIn(placeOf(core, path), "type")));
  if (types.length > 0 && types.every((type) => !(type in CORES))) {
    throw unsupportedAlgorithm("other-machine", `${path} is for the architecture ${types[0]}, not for a Cortex-M`, {
      architecture: types[0],
    });
  }
  return readYamlAlgorithm(place);
}
