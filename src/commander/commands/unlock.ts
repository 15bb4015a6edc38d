import { scanAps } from "../../adi/ap-identity.ts";
import { codeOf } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import { CHIPS } from "../../chips/list.ts";
import { hasNoLock } from "../../protection/chip-fields.ts";
import { massErase, massEraseOf } from "../../session/locks/mass-erase.ts";
import { print } from "../console/context.ts";
import { DEFAULT_KHZ } from "../language/settings.ts";
import { isCalledOff } from "../run/failure.ts";
import type { Call, Handler } from "../run/handler.ts";
import { commandNotSupported } from "../texts/v7-86e/banner.ts";
import { UNLOCK_NAMES, unlockEnd, unlockSyntax } from "../texts/v7-86e/flash.ts";
import { swdFound } from "../texts/v7-86e/target.ts";

/** `unlock Kinetis`, `unlock nRF`, `unlock STM32`: the mass erase, which the command itself names; the next command connects anew. */
export const unlock: Handler = async (call) => {
  const chips = call.args.has("DeviceName") ? chipsOfFamily(call, call.args.text("DeviceName")) : [];
  if (chips.length === 0) return refused(call);
  const { dp } = await call.connection.rawPort();
  print(call, swdFound(dp.id));
  const done = await eraseAll(call, chips);
  print(call, unlockEnd(done));
  call.connection.dropTarget();
  return done ? "ok" : "failed";
};

/** A name of J-Link's list that fits no chip here says so; for any other word, and none, the list is the answer. */
function refused(call: Call): "failed" {
  const name = call.args.has("DeviceName") ? call.args.text("DeviceName") : undefined;
  const known = UNLOCK_NAMES.find((each) => each.toLowerCase() === name?.toLowerCase());
  const selected = call.settings.device?.chip;
  if (known) {
    const here = selected ? `, and ${selected.name} is none of them` : "";
    print(call, commandNotSupported(`unlock ${known}`, `it opens ${known} chips by their own steps${here}`));
  } else {
    print(call, unlockSyntax());
    if (name !== undefined) call.notes.answer(`unlock takes the name of a family, and "${name}" is none of them`);
  }
  if (selected && hasNoLock(selected))
    call.notes.answer(`hint: The ${selected.name} has no lock: there is nothing to unlock.`);
  else if (selected)
    call.notes.answer(`hint: The ${selected.name} is opened by unlock ${selected.family.split(" ")[0]}.`);
  return "failed";
}

async function eraseAll(call: Call, chips: readonly Chip[]): Promise<boolean> {
  const { dp } = await call.connection.rawPort();
  const { probe, clock } = call.connection.openedProbe;
  try {
    call.notes.warn(`unlock erases the whole chip. Lost: ${massEraseOf(chips[0]).loses ?? "everything on the chip"}`);
    const aps = await scanAps(dp, call.io);
    const hz = (call.settings.khz ?? DEFAULT_KHZ) * 1_000;
    await eraseFirstThatFits(chips, (chip) => massErase({ probe, dp, clock, aps, hz }, chip, undefined, call.io));
    call.connection.history.massErased = true;
    return true;
  } catch (error) {
    if (isCalledOff(error)) throw error;
    call.notes.error(error);
    return false;
  }
}

/** Opens the target as the first chip that it is; throws what the last one threw. */
async function eraseFirstThatFits(chips: readonly Chip[], erase: (chip: Chip) => Promise<void>): Promise<void> {
  for (const [i, chip] of chips.entries()) {
    try {
      return await erase(chip);
    } catch (error) {
      // Nothing was written: it is another one of the family, or none.
      if (codeOf(error) !== "chip-mismatch" || i === chips.length - 1) throw error;
    }
  }
}

/** A family's name may be cut short, as in `nRF`, but not to letters that any may begin with. */
const SHORTEST_NAME = 3;

/** The chips whose way to open it the name stands for: the one that is selected, or all of the family. */
function chipsOfFamily({ settings }: Call, name: string): readonly Chip[] {
  if (name.length < SHORTEST_NAME) return [];
  const belongs = (chip: Chip) => !hasNoLock(chip) && chip.family.toLowerCase().startsWith(name.toLowerCase());
  const selected = settings.device?.chip;
  return selected && belongs(selected) ? [selected] : CHIPS.filter(belongs);
}
