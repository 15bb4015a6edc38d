import { equalBytes } from "../../base/bytes.ts";
import { HostError } from "../../base/errors.ts";
import { Trace, type TraceSink } from "../../base/trace.ts";
import { address32 } from "../../base/u32.ts";
import { firmwareBanks } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import { holds, type Sector, sectorsIn } from "../../chips/sectors.ts";
import type { CommanderOptions } from "../../commander/language/command-line.ts";
import { deviceInScript } from "../../commander/language/script-device.ts";
import { findDevice } from "../../commander/language/device-name.ts";
import type { CommanderHost, HostProbe } from "../../commander/host.ts";
import { ownChipOf } from "../../packs/pack-chip.ts";
import { openTwinProbe } from "../../node/probes.ts";
import { lockingFields } from "../../protection/chip-fields.ts";
import { readField, valueText } from "../../protection/field-value.ts";
import { createTwin, type Twin } from "../../twin/usb.ts";

/** A twin in place of the probe, and what it would hold at the end. */
export interface DryRun {
  /** A host like the given one, whose probe is the twin and that writes no files. */
  readonly host: CommanderHost;
  /** Printed before everything else. */
  readonly opening: string;
  /** What has changed on the chip, and what its security byte says; the last line says again that it was a dry run. */
  report(): readonly string[];
}

/** `commander --dry-run`: a board as shipped in place of the one on the desk. Throws `usage` where no chip is named, or one that has no twin, and why a device can't be used. */
export async function dryRun(options: CommanderOptions, outside: CommanderHost, sink?: TraceSink): Promise<DryRun> {
  const device = await findDevice(options.device ?? deviceOfScript(options, outside) ?? "", outside);
  if (device.refused) throw device.refused;
  const { chip } = device;
  const simulated = chip && ownChipOf(chip);
  if (!chip || !simulated) throw new HostError("usage", noChipText(device.text));
  const twin = createTwin({ chip: simulated.name });
  const before = contentOf(chip, twin);
  const { serveRtt: _, ...unserved } = outside;
  const host: CommanderHost = {
    ...unserved,
    openProbe: () => openTwin(twin, sink && new Trace(twin.clock, sink)),
    listProbes: async () => [{ serial: "59304712", product: "J-Link" }],
    writeFile: (path) => outside.note(`dry run: ${path} isn't written`),
  };
  const opening = `dry run on a simulated ${chip.name} as shipped: nothing else is touched`;
  return { host, opening, report: () => reportOf(chip, before, contentOf(chip, twin)) };
}

const deviceOfScript = ({ script }: CommanderOptions, host: CommanderHost): string | undefined =>
  script === undefined ? undefined : deviceInScript(new TextDecoder().decode(host.readFile(script)));

const noChipText = (named: string): string =>
  named === ""
    ? "--dry-run needs to know the chip: give -Device NAME, or device NAME in the script"
    : `--dry-run needs to know the chip, and ${named} is none that has a simulated board`;

async function openTwin(twin: Twin, trace: Trace | undefined): Promise<HostProbe> {
  const { probe, clock } = await openTwinProbe(twin, trace);
  return { probe, clock, close: () => probe.close(), ...(trace && { trace }) };
}

/** A sector and the bytes that stand there. */
interface Held extends Sector {
  readonly bytes: Uint8Array;
}

/** All flash for firmware, sector by sector. */
const contentOf = (chip: Chip, twin: Twin): readonly Held[] =>
  firmwareBanks(chip)
    .flatMap((bank) => sectorsIn(bank, bank))
    .map((sector) => ({ ...sector, bytes: twin.peekFlash(sector.address, sector.size) }));

function reportOf(chip: Chip, before: readonly Held[], after: readonly Held[]): readonly string[] {
  const changed = after.filter(({ bytes }, i) => !equalBytes(bytes, before[i].bytes));
  const byteAt = (at: number) => {
    const sector = after.find(({ address, size }) => holds({ start: address, length: size }, at));
    return sector?.bytes[at - sector.address];
  };
  return [
    `dry run: ${changed.length} of ${after.length} sectors changed${changed.length > 0 ? `: ${rangesOf(changed)}` : ""}`,
    ...lockingFields(chip).flatMap((placed) => {
      const found = readField(placed, byteAt);
      return found ? [`dry run: ${placed.field.name} would be ${valueText(placed.field, found.value)}`] : [];
    }),
    `dry run on a simulated ${chip.name} as shipped: nothing else was touched`,
  ];
}

/** Neighbouring sectors as one range. */
function rangesOf(sectors: readonly Sector[]): string {
  const end = ({ address, size }: Sector) => address + size;
  const firsts = sectors.filter(({ address }, i) => i === 0 || end(sectors[i - 1]) !== address);
  const lasts = sectors.filter((sector, i) => sectors[i + 1]?.address !== end(sector));
  return firsts.map(({ address }, i) => `${address32(address)} - ${address32(end(lasts[i]) - 1)}`).join(", ");
}
