import { codeOf } from "../../src/base/errors.ts";
import { buildImage } from "../../src/image/build-image.ts";
import type { Image } from "../../src/image/image.ts";
import type { Chip, FamilyName } from "../../src/chips/chip.ts";
import { findChip } from "../../src/chips/list.ts";
import { permit } from "../../src/flash/permit.ts";
import { planFlash } from "../../src/flash/plan/plan.ts";
import type { Twin } from "../../src/twin/usb.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { board, flashBoard } from "../support/board.ts";
import { Chance } from "../support/chance.ts";

/** How a family's option images are drawn, and how silicon itself shows that it is locked: not asked of what is judged. */
interface Options {
  readonly bank: string;
  draw(chance: Chance): Image;
  /** Whether the options on the chip close it to a debugger at its next reset. */
  closes(peek: Twin["peekFlash"]): boolean;
}

const OPTION_BYTES = 0x1fffc000;
const RDP = OPTION_BYTES + 1;

const FAMILIES: { readonly [name in FamilyName]?: Options } = {
  stm32f4: {
    bank: "options",
    draw: (chance) => {
      // The values that mean something of their own are as likely as all others together.
      const rdp = chance.below(2) === 0 ? chance.pick([0xaa, 0xcc, 0x00, 0xff]) : chance.below(256);
      // Reserved bits are ones in the user byte, and zeroes above nWRP.
      const user = Uint8Array.of(chance.below(256) | 0x13, rdp);
      const nWRP = chance.below(0x1000);
      const parts = [
        { name: "RDP and user options", address: OPTION_BYTES, bytes: user },
        { name: "RDP alone", address: RDP, bytes: user.slice(1) },
        { name: "user options alone", address: OPTION_BYTES, bytes: user.slice(0, 1) },
        { name: "nWRP", address: OPTION_BYTES + 8, bytes: Uint8Array.of(nWRP & 0xff, nWRP >>> 8) },
      ];
      return buildImage({ format: "raw", segments: [parts[chance.below(parts.length)]] });
    },
    closes: (peek) => peek(RDP, 1)[0] !== 0xaa,
  },
};

/**
 * Random option images, each flashed on a board of its own with no consent at all, and once more with whatever its plan
 * asks for: the first never closes the chip, the second does what the image says.
 */
export async function run({ count, seed, chip: name = "STM32F407xG", out }: SoakOptions): Promise<number> {
  const chip = findChip(name);
  const options = chip.familyName && FAMILIES[chip.familyName];
  if (!options) throw new Error(`no option images are drawn for ${name}`);
  const chance = new Chance(seed);
  const tally = { refused: 0, written: 0, closedWithoutConsent: 0, closedWithConsent: 0, consentWithoutEffect: 0 };
  for (let i = 0; i < count; i++) await judge(chip, options, options.draw(chance), tally);
  out(
    Object.entries(tally)
      .map(([what, n]) => `${what} ${n}`)
      .join(" "),
  );
  return tally.closedWithoutConsent + tally.consentWithoutEffect === 0 ? 0 : 1;
}

type Tally = Record<
  "refused" | "written" | "closedWithoutConsent" | "closedWithConsent" | "consentWithoutEffect",
  number
>;

async function judge(chip: Chip, { bank, closes }: Options, image: Image, tally: Tally): Promise<void> {
  const job = { policy: "as-image", banks: [bank] } as const;
  const first = board({ chip: chip.name, flash: "zero" });
  const refusal = await flashBoard(first, image, job).then(() => undefined, codeOf);
  if (refusal === undefined) tally.written++;
  else tally.refused++;
  if (closes(first.peekFlash.bind(first))) complain(image, tally, "closedWithoutConsent");
  if (refusal !== "consent-missing") return;
  const { needs } = planFlash({ chip, image, keepRest: true, ...job });
  const permits = needs.map(({ act, token }) => permit(act, token));
  await flashBoard(first, image, { ...job, permits });
  if (closes(first.peekFlash.bind(first))) tally.closedWithConsent++;
  else complain(image, tally, "consentWithoutEffect");
}

function complain(image: Image, tally: Tally, as: keyof Tally): void {
  tally[as]++;
  const [{ address, bytes }] = image.segments;
  process.stderr.write(`${as}: ${Buffer.from(bytes).toString("hex")} at ${address.toString(16)}\n`);
}
