import { HostError } from "../../base/errors.ts";
import { Trace, type TraceSink } from "../../base/trace.ts";
import { address32 } from "../../base/u32.ts";
import type { Chip } from "../../chips/chip.ts";
import type { CommanderOptions } from "../../commander/language/command-line.ts";
import { parseDeviceName } from "../../commander/language/device-name.ts";
import type { CommanderHost, HostProbe } from "../../commander/host.ts";
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

/** `commander --dry-run`: a board as shipped in place of the one on the desk. Throws `usage` where no chip is named. */
export function dryRun(options: CommanderOptions, outside: CommanderHost, sink?: TraceSink): DryRun {
  const device = parseDeviceName(options.device ?? "");
  if (!device.chip) throw new HostError("usage", "--dry-run needs to know the chip: give -Device NAME");
  const { chip } = device;
  const twin = createTwin({ chip: chip.name });
  const before = twin.peekFlash(chip.flash.start, chip.flash.length);
  const { serveRtt: _, ...unserved } = outside;
  const host: CommanderHost = {
    ...unserved,
    openProbe: () => openTwin(twin, sink && new Trace(twin.clock, sink)),
    listProbes: async () => [{ serial: "59304712", product: "J-Link" }],
    writeFile: (path) => outside.note(`dry run: ${path} isn't written`),
  };
  const opening = `dry run on a simulated ${chip.name} as shipped: nothing else is touched`;
  return { host, opening, report: () => reportOf(chip, before, twin.peekFlash(chip.flash.start, chip.flash.length)) };
}

async function openTwin(twin: Twin, trace: Trace | undefined): Promise<HostProbe> {
  const { probe, clock } = await openTwinProbe(twin, trace);
  return { probe, clock, close: () => probe.close(), ...(trace && { trace }) };
}

function reportOf(chip: Chip, before: Uint8Array, after: Uint8Array): readonly string[] {
  const { start, sectorSize } = chip.flash;
  const changed = Array.from({ length: after.length / sectorSize }, (_, n) => n * sectorSize).filter((at) =>
    after.subarray(at, at + sectorSize).some((byte, i) => byte !== before[at + i]),
  );
  return [
    `dry run: ${changed.length} of ${after.length / sectorSize} sectors changed${changed.length > 0 ? `: ${rangesOf(changed, start, sectorSize)}` : ""}`,
    ...lockingFields(chip).flatMap((placed) => {
      const found = readField(placed, (address) => after[address - start]);
      return found ? [`dry run: ${placed.field.name} would be ${valueText(placed.field, found.value)}`] : [];
    }),
    `dry run on a simulated ${chip.name} as shipped: nothing else was touched`,
  ];
}

/** Neighbouring sectors as one range. */
function rangesOf(offsets: readonly number[], start: number, size: number): string {
  const firsts = offsets.filter((at) => !offsets.includes(at - size));
  const lasts = offsets.filter((at) => !offsets.includes(at + size));
  return firsts.map((at, i) => `${address32(start + at)} - ${address32(start + lasts[i] + size - 1)}`).join(", ");
}
