// @ts-check
// Words of one chip family, which only chips, families and their texts may hold: everything else works for any chip.

/** Words that belong to one family, in lower case. */
const WORDS = new Set(
  (
    "ftfe fsec fcf fopt fprot fccob meen keyen kinetis mdm mk24 k24 mk64 k64 " +
    "nvmc uicr approtect rdp optcr stm32 nrf51 nrf52 nrf53 crp samd21 efm32 efr32 rp2040"
  ).split(" "),
);

/** Folders whose business the families are. */
// image/identity tells which family a file is for, so it names them all.
const HOMES = ["chips/", "image/identity/", "families/", "packs/", "twin/", "commander/texts/", "doctor/logs/"];

/** Files that may hold such words, and why. */
export const EXCEPTIONS = {
  "report/image-report.ts": "matches a chip's name with the families of image/identity (to be moved there)",
  "commander/language/command-list/flash.ts": "the same command, in the table of commands",
  "commander/commands/unlock.ts": "the same command",
  "cli/verbs.ts": "usage examples: the chip of the built-in twin, found by `chips k24`, its board in board.k24",
  "cli/program.ts": "usage examples",
  "web/page/address.ts": "the folder of the example that the page brings with it",
  "cli/bench/content.ts": "the folder of the example whose firmware the jobs of bench program",
};

/**
 * Words of families outside of their homes: in identifiers, strings and comments, each part of a name on its own.
 * Paths of imports count too, but for the one list of families.
 *
 * @param {readonly { readonly path: string, readonly text: string }[]} files paths under `src`
 * @returns {readonly { readonly path: string, readonly line: number, readonly word: string }[]}
 */
export function familyWords(files) {
  const strangers = files.filter(({ path }) => !HOMES.some((home) => path.startsWith(home)) && !(path in EXCEPTIONS));
  return strangers.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, i) => wordsIn(line).map((word) => ({ path, line: i + 1, word }))),
  );
}

/** @param {string} line */
const wordsIn = (line) => [...new Set(partsOf(line).filter((part) => WORDS.has(part)))];

/**
 * The parts of all names and words of a line, in lower case: `MDM_AP_INDEX`, `fsecAddress`, `kinetis-ftfe`; a name as a
 * whole, too. A chip's whole name (`MK24FN1M0xxx12`) is one word of its own.
 *
 * @param {string} line
 */
function partsOf(line) {
  const names = line.replaceAll(/\bMK\d\dF\w+/gi, "").match(/[A-Za-z0-9]+/g) ?? [];
  return names.flatMap((name) => [name, ...name.split(/(?<=[a-z0-9])(?=[A-Z])/)]).map((part) => part.toLowerCase());
}
