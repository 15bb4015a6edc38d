import fc from "fast-check";
import type { ArgumentSpec, CommandSpec } from "../../../src/commander/language/command.ts";
import { COMMANDS } from "../../../src/commander/language/command-list.ts";
import { IMPOSSIBLE_COMMANDS } from "../../../src/commander/language/command-list/impossible.ts";

/** The device that the scripts are for. */
export const DEVICE = "MK24FN1M0xxx12";

const ADDRESSES = [
  "0",
  "400",
  "40C",
  "8000",
  "FFFFC",
  "100000",
  "1FFF0000",
  "20000000",
  "2002FFFC",
  "40020000",
  "FFFFFFFF",
];
/** The files that the scripts name, by name. */
export const FILES: Readonly<Record<string, Uint8Array>> = {
  "app.bin": new Uint8Array(0x800).fill(0x5a),
  "empty.bin": new Uint8Array(),
  "text.hex": new TextEncoder().encode(":0400000000100020CC\n:00000001FF\n"),
};

const KINDS: Readonly<Record<ArgumentSpec["kind"], readonly string[]>> = {
  address: [...ADDRESSES, "Default:20000000", "Secure:0"],
  hex: ["0", "1", "2", "10", "40", "0x8", ...ADDRESSES.slice(3, 5)],
  hex64: ["0", "FFFFFFFFFFFFFFFF", "123456789ABCDEF0"],
  decimal: ["0", "1", "5", "20", "-1"],
  choice: [],
  file: ["app.bin", "empty.bin", "text.hex", "nowhere.bin", '"two words.bin"'],
  text: ["R0", "MSP", "SWD", "JTAG", "1000", "Kinetis", "127.0.0.1"],
  rest: [
    DEVICE,
    `${DEVICE} (allow security)`,
    "Cortex-M4",
    "device = X",
    "DisableFlashDL",
    "SetResetType = 1",
    "Nothing",
  ],
};
const NOISE = ["", "???", "xyz", '"', ",", "0x", "-", "123456789ABCDEF01", "/*", "*/", "// x", "\u0000", "ä"];

/** Every command that a script may have. */
export const ALL: readonly CommandSpec[] = COMMANDS;

function argument(spec: ArgumentSpec): fc.Arbitrary<string> {
  const good = fc.constantFrom(...(spec.choices ?? KINDS[spec.kind]));
  return fc.oneof({ weight: 9, arbitrary: good }, { weight: 1, arbitrary: fc.constantFrom(...NOISE) });
}

/** Speed tests of megabytes show little: these commands come as they are, or with a wrong word. */
const isLong = ({ names }: CommandSpec) => /^Test/i.test(names[0]);
const long = fc
  .tuple(fc.constantFrom(...ALL.filter(isLong).map(({ names }) => names[0])), fc.constantFrom("", ...NOISE))
  .map(([name, noise]) => `${name} ${noise}`);
const calls = ALL.filter((command) => !isLong(command)).map((command) =>
  fc
    .tuple(
      fc.constantFrom(...command.names),
      fc.tuple(...command.args.map(argument)),
      fc.nat(command.args.length),
      fc.constantFrom(" ", ", ", ","),
    )
    .map(
      ([name, args, missing, separator]) => `${name} ${args.slice(0, args.length - (missing >> 1)).join(separator)}`,
    ),
);
const line = fc.oneof(
  { weight: 20, arbitrary: fc.oneof(...calls) },
  { weight: 1, arbitrary: long },
  { weight: 1, arbitrary: fc.constantFrom(...IMPOSSIBLE_COMMANDS.map(({ names }) => names[0])) },
  { weight: 1, arbitrary: fc.string() },
);
/** A script of up to twelve lines: most parse, some do not. */
export const script = fc.array(line, { maxLength: 12 }).map((lines) => lines.join("\n"));
