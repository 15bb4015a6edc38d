import type { Chip, FamilyName } from "../../../src/chips/chip.ts";
import { buildImage } from "../../../src/image/build-image.ts";
import type { Image } from "../../../src/image/image.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import type { Chance } from "../../support/chance.ts";

/** How a family's option images are drawn, and how silicon itself shows that it is locked: not asked of what is judged. */
export interface LockOptions {
  readonly bank: string;
  /** Twins of builds of the chip that lock by other values. */
  readonly builds?: readonly string[];
  draw(chance: Chance): Image;
  /** Whether the options on the chip close it to a debugger at its next reset or power-up. */
  closes(peek: Twin["peekFlash"], twin: string): boolean;
}

/** What is known of a chip's options; throws for one of a family whose option images are not drawn. */
export function lockOptions({ name, familyName }: Chip): LockOptions {
  const options = familyName && FAMILIES[familyName];
  if (!options) throw new Error(`no option images are drawn for ${name}`);
  return options;
}

const OPTION_BYTES = 0x1fffc000;
const RDP = OPTION_BYTES + 1;

const stm32f4: LockOptions = {
  bank: "options",
  draw: (chance) => {
    const rdp = oftenOneOf([0xaa, 0xcc, 0x00, 0xff], chance);
    // Reserved bits are ones in the user byte, and zeroes above nWRP.
    const user = Uint8Array.of(chance.below(256) | 0x13, rdp);
    const nWRP = chance.below(0x1000);
    return chance.pick([
      image("RDP and user options", OPTION_BYTES, user),
      image("RDP alone", RDP, user.slice(1)),
      image("user options alone", OPTION_BYTES, user.slice(0, 1)),
      image("nWRP", OPTION_BYTES + 8, Uint8Array.of(nWRP & 0xff, nWRP >>> 8)),
    ]);
  },
  closes: (peek) => peek(RDP, 1)[0] !== 0xaa,
};

const UICR = { customer: 0x10001080, resetPin: 0x10001200, approtect: 0x10001208, end: 0x10001210 } as const;
const HARDENED = "nRF52840_xxAA-F0";

const nrf52: LockOptions = {
  bank: "uicr",
  builds: [HARDENED],
  draw: (chance) => {
    const low = oftenOneOf([0x5a, 0x00, 0xff], chance);
    const approtect = Uint8Array.of(low, ...(chance.below(2) === 0 ? [0xff, 0xff, 0xff] : chance.bytes(3)));
    const all = chance.bytes(UICR.end - UICR.customer);
    all.set(approtect, UICR.approtect - UICR.customer);
    return chance.pick([
      image("APPROTECT", UICR.approtect, approtect),
      image("its low byte", UICR.approtect, approtect.slice(0, 1)),
      image("its upper bytes", UICR.approtect + 1, approtect.slice(1)),
      image("customer words", UICR.customer, all.slice(0, 4 * (1 + chance.below(32)))),
      image("reset pin and APPROTECT", UICR.resetPin, all.slice(UICR.resetPin - UICR.customer)),
      image("all from the customer words on", UICR.customer, all),
    ]);
  },
  closes: (peek, twin) => {
    const [byte] = peek(UICR.approtect, 1);
    return twin === HARDENED ? byte !== 0x5a : byte === 0x00;
  },
};

const FAMILIES: { readonly [name in FamilyName]?: LockOptions } = { stm32f4, nrf52 };

/** The values that mean something of their own are as likely as all others together. */
const oftenOneOf = (values: readonly number[], chance: Chance): number =>
  chance.below(2) === 0 ? chance.pick(values) : chance.below(256);

const image = (name: string, address: number, bytes: Uint8Array): Image =>
  buildImage({ format: "raw", segments: [{ name, address, bytes }] });
