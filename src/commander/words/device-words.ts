import type { FlashproofError } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import { ChipError } from "../../chips/chip-error.ts";
import { vendorPackOf } from "../../chips/vendor-packs.ts";
import type { DeviceName } from "../language/device-name.ts";

/** A device's name that is none, and what is near it. */
export function unknownDevice({ text, near }: Pick<DeviceName, "text" | "near">): string {
  const also = near.length === 0 ? "" : `; near it: ${near.join(", ")}`;
  return `No device is called "${text}"${also}`;
}

/** Why nothing is connected under a name: what hinders the host to use it, else `ChipError` `chip-unknown`. */
export function deviceError(device: DeviceName): FlashproofError {
  if (device.refused) return device.refused;
  const { text: name, near } = device;
  // A name near a known one is likely a slip, which no pack cures.
  const pack = near.length === 0 ? vendorPackOf(name) : undefined;
  const details = { name, ...(pack !== undefined && { pack, next: "install-pack" }) };
  return new ChipError("chip-unknown", unknownDevice(device), { details });
}

/** Of a chip that is none of Flashproof's own: what describes it, and whose code programs it. */
export function packOrigin({ name, origin, sources, banks }: Chip): readonly string[] {
  if (origin === "own") return [];
  const algorithms = [...new Set(banks.flatMap(({ algorithm }) => algorithm?.name ?? []))];
  const by = algorithms.length === 0 ? "" : `, programmed by ${algorithms.join(", ")}, and compared`;
  return [`${name} is a device of ${sources[0]?.from ?? "a pack"}${by}`];
}

/** At a run's start: a device that the script or the command line names and that is not known, and what would teach it. */
export const notKnownYet = ({ text, refused }: Pick<DeviceName, "text" | "refused">): string =>
  refused
    ? `the run names ${text}, a device that can't be used: ${refused.message}`
    : `the run names ${text}, a device that Flashproof doesn't know: ${whatWouldTeach(text)}`;

/** The pack that describes a device and the command that installs it, or that its data are needed. */
export function whatWouldTeach(device: string): string {
  const pack = vendorPackOf(device);
  return pack
    ? `the CMSIS-Pack ${pack} describes it, and flashproof pack install ${pack} downloads that (docs/packs.md)`
    : "it would need data of that chip (docs/add-a-chip.md)";
}
