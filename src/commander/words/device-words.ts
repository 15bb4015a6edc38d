import type { DeviceName } from "../language/device-name.ts";

/** A device's name that is none, and what is near it. */
export function unknownDevice({ text, near }: Pick<DeviceName, "text" | "near">): string {
  const also = near.length === 0 ? "" : `; near it: ${near.join(", ")}`;
  return `No device is called "${text}"${also}`;
}
