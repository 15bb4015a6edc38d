import { type Saved, savedPart } from "../saved.ts";
import type { Peripheral } from "./peripheral.ts";

/**
 * Restores a chip model's peripherals by their names. A state that an earlier version left lacks those that it didn't
 * model, which `later` names: they come as after a reset. Throws `RangeError` where another one is missing.
 */
export function restoreAll(peripherals: ReadonlyMap<string, Peripheral>, saved: Saved, later: RegExp): void {
  for (const [name, peripheral] of peripherals) {
    if (saved[name] === undefined && later.test(name)) peripheral.reset();
    else peripheral.restore(savedPart(saved, name));
  }
}
