import { keyOf } from "../options/declaration.ts";
import type { Verb } from "../verb.ts";
import { needlessHint, optionHint } from "./other-options.ts";
import { verbHint } from "./other-verbs.ts";

/** A command line that a verb, or the program, doesn't take. */
export interface WrongUsage {
  readonly argv: readonly string[];
  /** The verb that was called; undefined where the word is none. */
  readonly verb: Verb | undefined;
  readonly verbs: readonly Verb[];
  /** The verb's options, and those of all. */
  readonly options: Verb["options"];
  readonly message: string;
}

/** How a verb is called, in one line: `usage: flashproof read <range> [options]`. */
export const usageLine = ({ name, args }: Pick<Verb, "name" | "args">): string =>
  `usage: flashproof ${[name, args, "[options]"].filter((part) => part !== undefined).join(" ")}`;

/** What was probably meant, as hints, the likeliest first; at the end where all of it is listed. */
export function usageHints(wrong: WrongUsage): readonly string[] {
  const { verb, argv, verbs } = wrong;
  if (!verb) {
    const names = verbs.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    const hint = verbHint(wordOf(argv), [...names, "commander", "help", "version"]);
    return [...(hint === undefined ? [] : [hint]), "flashproof help lists the verbs."];
  }
  const meant = [...optionHints(wrong), ...argumentHints(wrong, verb)];
  return [...meant, ...exampleHints(verb, meant), `flashproof ${verb.name} --help lists its options.`];
}

/** The word that stands for the verb. */
const wordOf = (argv: readonly string[]): string => (argv[0] === "help" ? (argv[1] ?? "") : (argv[0] ?? ""));

function optionHints({ message, options }: WrongUsage): readonly string[] {
  const [, given] = /unknown option '(--?[^']+)'/.exec(message) ?? [];
  const [, bare] = /option '(--?\S+) [^']*' argument missing/.exec(message) ?? [];
  const hint = given === undefined ? bare && needlessHint(bare) : optionHint(given, Object.keys(options).map(keyOf));
  return hint === undefined ? [] : [hint];
}

const RANGE = /^(?:0x[0-9a-f]+|\d+)[:-]\+?(?:0x[0-9a-f]+|\d+)$/i;
const NUMBER = /^(?:0x[0-9a-f]+|\d+)$/i;

/** What words that are no options were probably for. */
function argumentHints({ argv }: WrongUsage, verb: Verb): readonly string[] {
  const words = argv.slice(1).filter((word) => !word.startsWith("-"));
  if (verb.name === "erase") return eraseHints(words);
  const numbers = words.filter((word) => NUMBER.test(word));
  if (verb.name === "read" && numbers.length >= 2)
    return [
      `A range is one word: flashproof read ${numbers[0]}:+${numbers[1]}, or A:B with the address behind the last byte.`,
    ];
  if (verb.name === "read" && numbers.length === 1)
    return [`How much is missing: flashproof read ${numbers[0]}:+16, or A:B.`];
  const [address] = numbers;
  const files = words.filter((word) => !NUMBER.test(word) && !RANGE.test(word));
  const takesFiles = verb.args?.includes("files") === true || verb.name === "explain";
  return takesFiles && address !== undefined && files.length > 0
    ? [`An address stands behind its file: flashproof ${verb.name} ${files[0]}@${address}.`]
    : [];
}

function eraseHints(words: readonly string[]): readonly string[] {
  const range = words.find((word) => RANGE.test(word));
  if (range !== undefined) {
    const written = range.replace(/(?<=[0-9a-f])-(?=[0-9+])/i, ":");
    return [`Say what of: flashproof erase --range ${written}; or --sectors ${written} for whole sectors.`];
  }
  const numbers = words.filter((word) => NUMBER.test(word));
  if (numbers.length >= 2) return [`A range is one word: flashproof erase --range ${numbers[0]}:${numbers[1]}.`];
  return ["To erase all of it: flashproof erase --chip-all."];
}

/** Where nothing better is known, a command line that works. */
const exampleHints = ({ examples = [] }: Verb, meant: readonly string[]): readonly string[] =>
  meant.length > 0 || examples.length === 0 ? [] : [`For example: ${examples[0].replace(/ {2,}#.*$/, "")}`];
