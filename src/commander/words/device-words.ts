import { vendorPackOf } from "../../chips/vendor-packs.ts";
import type { DeviceName } from "../language/device-name.ts";

/** A device's name that is none, and what is near it. */
export function unknownDevice({ text, near }: Pick<DeviceName, "text" | "near">): string {
  const also = near.length === 0 ? "" : `; near it: ${near.join(", ")}`;
  return `No device is called "${text}"${also}`;
}

/** At a run's start: a device that the script or the command line names and that is not known, and what would teach it. */
export const notKnownYet = ({ text }: Pick<DeviceName, "text">): string =>
  `the run names ${text}, a device that Flashproof doesn't know: ${whatWouldTeach(text)}`;

/** The pack that describes a device, or that its data are needed; the Commander takes no packs. */
export function whatWouldTeach(device: string): string {
  const pack = vendorPackOf(device);
  return pack
    ? `the CMSIS-Pack ${pack} describes it, which the Commander can't take: flashproof flash FILE --pack PACK can (docs/packs.md)`
    : "it would need data of that chip (docs/add-a-chip.md)";
}
