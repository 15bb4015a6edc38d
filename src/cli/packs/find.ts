import { HostError, type Json } from "../../base/errors.ts";
import { vendorPackOf } from "../../chips/vendor-packs.ts";
import { openCatalogue } from "../../node/packs/store/catalogue-file.ts";
import type { FoundDevice } from "../../packs/store/catalogue.ts";
import { inColumns } from "../../report/columns.ts";
import type { Answer } from "../output.ts";
import type { Invocation } from "../verb.ts";

/** How many devices are printed. */
const MOST_PRINTED = 50;

/** `pack find NAME`: devices of packs in the store by a part of their name, else the pack that is said to have them. */
export async function findDevices(
  { terminal }: Pick<Invocation, "terminal">,
  [text]: readonly string[],
): Promise<Answer> {
  if (text === undefined) throw new HostError("usage", "pack find needs a NAME");
  const catalogue = await openCatalogue(terminal.env);
  const fitting = catalogue.search(text, MOST_PRINTED);
  const byName = fitting.count > 0 ? [] : catalogue.find(text);
  const [first, count] =
    fitting.count > 0 ? [fitting.first, fitting.count] : [byName.slice(0, MOST_PRINTED), byName.length];
  const pack = count === 0 ? vendorPackOf(text) : undefined;
  return {
    result: { devices: first.map(foundJson), count, ...(pack !== undefined && { pack }) },
    text: count === 0 ? noneLines(text, pack) : foundLines(first, count),
    exit: 0,
  };
}

const noneLines = (text: string, pack: string | undefined): readonly string[] => [
  `no pack that was added has a device like ${text}`,
  ...(pack === undefined ? [] : [`${pack} describes it (unsure): flashproof pack install ${pack}`]),
];

/** Rows of devices, and how many there are. */
export const foundLines = (devices: readonly FoundDevice[], count: number): readonly string[] => [
  ...inColumns([
    ["DEVICE", "VENDOR, FAMILY", "CORE", "FLASH", "PACK"],
    ...devices.map(({ name, vendor, family, core, flash, pack }) => [
      name,
      [vendor, family].filter((word) => word !== "").join(", "),
      core,
      flash === 0 ? "-" : `${Math.round(flash / 1024)} KB`,
      `${pack.id} ${pack.version}`.trim(),
    ]),
  ]),
  `${count} ${count === 1 ? "device" : "devices"}${count > devices.length ? `, of which ${devices.length} are shown` : ""}`,
];

/** A device of the store as `--json` prints it. */
export const foundJson = ({ name, vendor, family, core, flash, pack }: FoundDevice): Json => ({
  ...{ name, vendor, family, core, flash },
  pack: pack.id,
  version: pack.version,
});
