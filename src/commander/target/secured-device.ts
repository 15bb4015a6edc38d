import { flashGroups } from "../../protection/chip-fields.ts";
import type { LockState } from "../../protection/lock-state.ts";
import { type Context, print } from "../console/context.ts";
import { protectionFound, storedAnswer, unsecureSkipped, unsecuring } from "../texts/v7-86e/target.ts";

/**
 * J-Link's dialogue about a secured device, answered by what the user stored, else by the person at the prompt. In a
 * script there is no prompt, and without a stored answer nothing is erased.
 */
export async function askAboutLock(context: Context, lock: LockState): Promise<"unlock" | "leave"> {
  const { chip } = context.settings.device ?? {};
  const [group] = chip ? flashGroups(chip) : [];
  if (group) print(context, protectionFound(group.start, group.start + group.length - 1));
  const answer = lock.exit ? await answerOf(context) : refusedByChip(context);
  print(context, answer === "unlock" ? unsecuring() : unsecureSkipped());
  return answer;
}

async function answerOf(context: Context): Promise<"unlock" | "leave"> {
  const { storedAnswer: stored } = context.host;
  if (stored) {
    print(context, storedAnswer());
    const source = `secured-device = "${stored.answer}" in ${stored.from} has answered J-Link's question`;
    if (stored.answer !== "unsecure") context.notes.add(source);
    else context.notes.warn(`${source}: the mass erase loses everything on the chip`);
    return stored.answer === "unsecure" ? "unlock" : "leave";
  }
  if (context.input.canAsk) return askPerson(context);
  context.notes.add(
    "the chip is secured, and the mass erase that opens it was not allowed, so nothing was erased",
    'hint: to allow it, with the loss of everything on the chip, put secured-device = "unsecure" under [commander] into your own ~/.config/flashproof/flashproof.toml or the file of -SettingsFile',
  );
  return "leave";
}

async function askPerson({ input, notes }: Context): Promise<"unlock" | "leave"> {
  notes.add("the chip is secured; opening it erases everything on it");
  const answer = await input.answer("Unsecure the device? [y/N] ");
  return /^y(es)?$/i.test(answer ?? "") ? "unlock" : "leave";
}

function refusedByChip({ notes }: Context): "leave" {
  notes.add("the chip is secured and its mass erase is disabled: no debugger can open it");
  return "leave";
}
