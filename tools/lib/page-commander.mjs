// @ts-check
// docs/commander.md, made from the Commander's own tables and from the golden consoles.

/** @typedef {import("../../src/commander/language/command.ts").CommandSpec} CommandSpec */
/** @typedef {import("../../src/commander/language/command.ts").CommandGroup} CommandGroup */
/** @typedef {import("../../src/commander/language/command.ts").ImpossibleCommand} ImpossibleCommand */

/**
 * @typedef {{
 *   readonly groups: readonly CommandGroup[],
 *   readonly impossible: readonly ImpossibleCommand[],
 *   readonly execStrings: readonly { readonly name: string, readonly effect: string }[],
 *   readonly execWithoutEffect: readonly string[],
 *   readonly options: readonly { readonly names: readonly string[], readonly help: string }[],
 *   readonly syntaxOf: (command: CommandSpec) => string,
 *   readonly examples: ReadonlyMap<string, string>,
 * }} CommanderTables
 */

const FOLDER = "test/golden/scripts";

const INTRO = `# J-Link Commander's language

Made from \`src/commander/\` and \`test/golden/scripts/\` by \`node tools/gen-docs.mjs\`. \`flashproof commander\` runs scripts
written for J-Link Commander, unchanged: numbers are hex by default (milliseconds, kHz and steps are decimal), names
have no case, arguments are separated by blanks or one comma, \`//\`, \`/* */\` and \`;\` begin comments. stdout holds
J-Link's own lines; what Flashproof adds goes to stderr behind \`flashproof: \`, and \`-q\` silences it.

A script's exit code is J-Link's: 0, or 1 where a command failed under \`ExitOnError 1\`. With \`--strict\` any failed
command makes it 1.

How well a command's lines are known: **log** from public logs, **manual** from J-Link's manual, **tools** from programs
that look for them, **unsure** from neither, so that only its effect is to be relied on.
`;

const STAYING = `## Scripts that don't end by themselves

Behind a script without \`exit\`, J-Link Commander goes on at its prompt. What it does where stdin is at its end, sources
say differently (unsure): scripts of IDEs rely on it to end, RIOT's \`term_rtt\` on it to stay. Here it goes by what the
script was for:

- On a terminal its user has the prompt.
- Without a terminal, it stays if its last command was \`connect\` (or \`-AutoConnect 1\`, and no command at
  all), or if \`-RTTTelnetPort\` was given, and if the target is connected. Lines that come by stdin are commands; that
  they end changes nothing. SIGTERM or Ctrl-C ends the run with exit code 0, a simulated board's state is kept; if the probe goes,
  it ends with 1.
- Any other script ends behind its last line.

## RTT

While the target is connected and the Commander waits (at the prompt, staying, or in a \`Sleep\` on a real board), it serves
RTT at 127.0.0.1:19021, or \`-RTTTelnetPort\`, as J-Link does. A script that ends with \`exit\` starts no server, a target is
looked at only while a client is connected, and a port that another program has is a note on stderr, no error. J-Link also
serves while a command runs; here a command has the target for itself.

A client hears three lines of greeting, then what the firmware sends on channel 0; within its first 100 ms it may say
\`$$SEGGER_TELNET_ConfigStr=RTTCh;1$$\` to get another channel (\`SetRTTAddr\` and \`SetRTTSearchRanges\` are understood too).
What it sends goes down the same channel. Clients of one channel hear the same. The control block is searched in the chip's
RAM; \`exec SetRTTAddr ADDRESS\` or \`exec SetRTTSearchRanges START LENGTH\` says where it is.

While it waits, a simulated board lives at the wall clock's pace; while commands run, in lock-step.

## Interruptions

The first SIGINT (Ctrl-C), SIGTERM or SIGHUP calls a script off between two steps: a sector that is being erased or
programmed is finished, probe and target are let go, and the exit code is 130. One line on stderr, with \`-q\` too, says
where it was (\`in line 2 (loadfile a.hex)\`, \`between two lines\`, \`while connecting\`), what became of the flash
(untouched, half done, or no operation under way, and which lines before it had programmed or erased), whether the core
runs, and how many lines were not run. A second signal ends the process at once, and nothing is said. A script that stays
for its connection has no other end than a signal: there the exit code is 0.

## The prompt

Without a script the Commander asks at \`J-Link>\`. Ctrl-C there stops the command that runs, or drops the line that is
being typed; SIGTERM and SIGHUP end the program as they end a script. \`q\`, \`quit\`, Ctrl-D, and Ctrl-C twice at an
empty line leave, with exit code 0. Where \`connect\` asks, only the name of a device selects one: a blank line selects
none, \`?\` lists the names, and another answer is asked again.

Tab completes commands, devices, files and the choices of an argument; a blank follows where only one is possible. What
is printed while a line is being typed stands above it, and the line is drawn again. \`?\` and \`help\` list the commands,
\`? LoadFile\` explains one. In a script \`help\` and \`quit\` are no commands, as with J-Link (unsure).

## Devices that are not known

Devices of packs that were added are known, too ([packs.md](packs.md#in-j-link-commanders-scripts)). Where the command line
or the script names another one that Flashproof doesn't know, a line on stderr says so before the first command, with the
CMSIS-Pack that describes it and the command that installs that, or that data of the chip would be needed
([add-a-chip.md](add-a-chip.md)). Nothing is connected under such a name, and \`--lint\` exits 8. What a raw write (\`w4\`,
\`SWDWriteAP\`) does there can't be told either: \`--lint\` names the lines, but for writes to RAM and to the core's own
registers, which are the same on every chip.

A file for a second address of the flash (0x00000000 on an STM32) is programmed at the flash's own address, and stderr says
so. A file with option bytes or one-time cells, or for ROM, is refused before anything is written.
`;

/** @param {CommanderTables} tables */
export function commanderPage(tables) {
  return [
    INTRO,
    STAYING,
    optionSection(tables),
    ...tables.groups.map((group) => groupSection(group, tables)),
    impossibleSection(tables),
    execSection(tables),
    exampleSection(tables),
  ].join("\n");
}

/** @param {CommanderTables} tables */
function optionSection({ options }) {
  const rows = options.map(({ names, help }) => `| ${names.map((n) => `\`-${n}\``).join(", ")} | ${help} |\n`);
  return `## The command line\n\n| option | |\n|---|---|\n${rows.join("")}`;
}

/** @param {CommandGroup} group @param {CommanderTables} tables */
function groupSection({ title, commands }, { syntaxOf }) {
  const rows = commands.map((command) => {
    const [, ...short] = command.names;
    const also = short.map((name) => ` \`${name}\``).join("");
    const cells = [
      `\`${cell(syntaxOf(command))}\``,
      also,
      `\`${cell(command.example)}\``,
      command.help,
      cell(command.prints),
      command.source,
    ];
    return `| ${cells.join(" | ")} |\n`;
  });
  return `## ${title}\n\n| syntax | also | example | what it does | what it prints | known from |\n|---|---|---|---|---|---|\n${rows.join("")}`;
}

/** A bar would end a table's cell. @param {string} text */
const cell = (text) => text.replaceAll("|", "\\|");

/** @param {CommanderTables} tables */
function impossibleSection({ impossible }) {
  const rows = impossible.map(({ names, why }) => `| ${names.map((n) => `\`${n}\``).join(", ")} | ${why} |\n`);
  return `## Commands that can't work here

They are known, say why they can't be done, and fail.

| command | why |
|---|---|
${rows.join("")}`;
}

/** @param {CommanderTables} tables */
function execSection({ execStrings, execWithoutEffect }) {
  const rows = execStrings.map(({ name, effect }) => `| \`${name}\` | ${effect} |\n`);
  const taken = [...execWithoutEffect].sort((a, b) => a.localeCompare(b)).map((name) => `\`${name}\``);
  return `## Strings of \`exec\`

\`exec NAME = VALUE\` or \`exec NAME VALUE\`, without regard to case. An unknown name fails.

| string | effect |
|---|---|
${rows.join("")}
Taken, and without effect here: ${taken.join(", ")}.
`;
}

/** @param {CommanderTables} tables */
function exampleSection({ examples }) {
  const rows = [...examples].map(
    ([name, about]) =>
      `| [${name}](../${FOLDER}/${name}.jlink) | ${cell(about)} | [console](../${FOLDER}/${name}.out) |\n`,
  );
  return `## Examples\n\nScripts with their consoles, as the tests run them on a simulated board; \`// board:\`, \`// options:\` and\n\`// settings:\` at a script's head say what the test calls it with.\n\n| script | | |\n|---|---|---|\n${rows.join("")}`;
}
