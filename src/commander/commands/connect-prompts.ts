import { CHIPS } from "../../chips/list.ts";
import { print } from "../console/context.ts";
import { findDevice } from "../language/device-name.ts";
import { DEFAULT_KHZ, parseSpeed, parseWire } from "../language/settings.ts";
import type { Call } from "../run/handler.ts";
import { devicePrompt, type Prompt, speedPrompt, wirePrompt } from "../texts/v7-86e/prompts.ts";
import { deviceUnknown } from "../texts/v7-86e/target.ts";
import { unknownDevice } from "../words/device-words.ts";

/** What a prompt asks for: `undefined` is an answer that is none, at which it is asked again. */
interface Ask<T> {
  readonly prompt: Prompt;
  /** What an empty line means; without one it is no answer. */
  readonly standard?: T;
  readonly read: (answer: string) => T | undefined;
  /** What to say of an answer that is none. */
  readonly refuse: (answer: string) => string;
}

/** Asks for what `connect` lacks; answers whether everything was given, and says what wasn't. */
export async function askMissing(call: Call): Promise<boolean> {
  const { settings } = call;
  if (!settings.device) await askDevice(call);
  settings.wire ??= await askUntil(call, WIRE);
  if (settings.wire !== undefined) settings.khz ??= await askUntil(call, SPEED);
  const missing = missingOf(settings);
  if (missing === undefined) return true;
  print(call, call.texts.targetNotConnected());
  call.notes.answer(missing, `hint: ${GIVE_ALL}`);
  return false;
}

/** How a script needs no answers. */
export const GIVE_ALL = "Give -Device, -If and -Speed on the command line, or device, si and speed before connect.";

function missingOf({ device, wire, khz }: Call["settings"]): string | undefined {
  if (wire === undefined) return "the input ended before connect knew the interface";
  if (khz === undefined) return "the input ended before connect knew the speed";
  return device ? undefined : "no device was named, and connect takes none by itself";
}

/**
 * Only the name of a device selects one. A script's line answers once, so that the lines behind it answer what they
 * were written for; a person is asked again, until the line is empty.
 */
async function askDevice(call: Call): Promise<void> {
  for (;;) {
    const answer = await ask(call, devicePrompt());
    if (answer === undefined || answer === "") return;
    const device = await findDevice(answer, call.host);
    if (answer === "?") call.notes.answer(...deviceList());
    else if (device.kind === "unknown") {
      print(call, deviceUnknown(answer));
      if (device.refused) call.notes.error(device.refused);
      else call.notes.answer(unknownDevice(device));
    } else {
      call.settings.device = device;
      return;
    }
    if (!call.input.canAsk) return;
  }
}

/** Names that are listed at the prompt; more of them are a matter for a file. */
const MOST_LISTED = 40;

const deviceList = (): readonly string[] => [
  "devices that Flashproof knows; type one of these names:",
  ...CHIPS.slice(0, MOST_LISTED).map(({ name, family }) => `  ${name}  (${family})`),
  "  Cortex-M0, Cortex-M3, Cortex-M4, ...  (the core alone: nothing is erased or programmed)",
  ...(CHIPS.length > MOST_LISTED ? ["ExpDevList FILE writes all of them to a file"] : []),
];

const WIRE: Ask<string> = {
  prompt: wirePrompt(),
  standard: "SWD",
  read: parseWire,
  refuse: (answer) => `"${answer}" is no interface: S is SWD, which Flashproof uses; J and T are refused`,
};

const SPEED: Ask<number> = {
  prompt: speedPrompt(DEFAULT_KHZ),
  standard: DEFAULT_KHZ,
  read: parseSpeed,
  refuse: (answer) => `"${answer}" is no speed: type a number of kHz (4000), auto or adaptive`,
};

/** Asks until the answer is one; undefined where the input ends before. */
async function askUntil<T>(call: Call, { prompt, standard, read, refuse }: Ask<T>): Promise<T | undefined> {
  for (;;) {
    const answer = await ask(call, prompt);
    if (answer === undefined) return undefined;
    const value = answer === "" ? standard : read(answer);
    if (value !== undefined) return value;
    call.notes.answer(refuse(answer));
  }
}

function ask(call: Call, { lines, prompt }: Prompt): Promise<string | undefined> {
  print(call, lines);
  return call.input.answer(prompt);
}
