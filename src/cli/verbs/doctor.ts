import { UDEV_RULE } from "../../node/usb/udev-rules.ts";
import type { Answer } from "../output.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Invocation } from "../verb.ts";
import { list } from "./list.ts";

/** `doctor`: the probes with what is the matter with each; `--udev` prints the rule that lets a user open them. */
export async function doctor(invocation: Invocation<OptionsOf<"doctor">>): Promise<Answer> {
  if (!invocation.options.udev) return list(invocation);
  return { result: { udev: UDEV_RULE }, text: UDEV_RULE.trimEnd().split("\n"), exit: 0 };
}
