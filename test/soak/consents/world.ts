import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { permit } from "../../../src/flash/permit.ts";
import { buildImage } from "../../../src/image/build-image.ts";
import { writeHex } from "../../../src/image/write-hex.ts";
import { decodeState, encodeState } from "../../../src/host/state-format.ts";
import { irreversibleToken } from "../../../src/protection/consent-token.ts";
import { MK24FN1M0xxx12 } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import type { TwinState } from "../../../src/twin/usb.ts";
import { board, flashBoard, onTarget } from "../../support/board.ts";
import type { Chance } from "../../support/chance.ts";

/** The chip of every board. */
export const CHIP = MK24FN1M0xxx12.name;

/** Address of FSEC in the flash configuration field. */
export const FSEC = 0x40c;

/** Half-open address range. */
export type Range = readonly [from: number, to: number];

/** An image file in the folder of a case. */
export interface ImageFile {
  readonly name: string;
  readonly segments: readonly { readonly address: number; readonly bytes: Uint8Array }[];
  readonly content: Uint8Array;
  /** The token that `plan` prints for it, where programming it as it is can't be undone. */
  readonly token?: string;
}

/** A vector table and a loop of WFI, with the flash configuration field that `fsec` and `fprot` complete. */
function bootloader(fsec: number, fprot = 0xff): Uint8Array {
  const bytes = new Uint8Array(0x1400).fill(0xff);
  const words = new DataView(bytes.buffer);
  words.setUint32(0, 0x2000_1000, true);
  words.setUint32(4, 0x411, true);
  bytes.fill(fprot, 0x408, 0x40c);
  bytes[FSEC] = fsec;
  words.setUint16(0x410, 0xbf30, true); // WFI
  words.setUint16(0x412, 0xe7fd, true); // B to the WFI
  for (let i = 0x500; i < bytes.length; i++) bytes[i] = (i * 7) & 0xff;
  return bytes;
}

function hexFile(name: string, address: number, bytes: Uint8Array, act?: string): ImageFile {
  const image = buildImage({ format: "hex", segments: [{ name, address, bytes }] });
  const token = act === undefined ? {} : { token: irreversibleToken(act, image, MK24FN1M0xxx12) };
  return { name, segments: [{ address, bytes }], content: new TextEncoder().encode(writeHex(image)), ...token };
}

/** The images of every case: what leaves the chip open, what locks it, what locks it for ever, and applications. */
export const IMAGES: readonly ImageFile[] = [
  hexFile("open.hex", 0, bootloader(0xfe)),
  hexFile("secured.hex", 0, bootloader(0x7b)),
  hexFile("blank-field.hex", 0, bootloader(0xff)),
  hexFile("for-ever.hex", 0, bootloader(0xef), "lock-for-ever"),
  hexFile("near.hex", 0, bootloader(0x6e), "near-lock"),
  hexFile("protected.hex", 0, bootloader(0xfe, 0x00)),
  hexFile(
    "application.hex",
    0x8000,
    Uint8Array.from({ length: 0x1100 }, (_, i) => (i * 5 + 1) & 0xff),
  ),
  hexFile(
    "beside-field.hex",
    0x600,
    Uint8Array.from({ length: 0x40 }, (_, i) => i),
  ),
  hexFile("field.hex", 0x400, bootloader(0x7b).slice(0x400, 0x410)),
];

/** A state that boards start in. */
export interface Start {
  readonly name: "blank" | "open" | "locked" | "pending-lock";
  readonly state: Uint8Array;
  readonly flash: Uint8Array;
}

/** Boards to start from: one as shipped, one with firmware, one that is locked, one whose lock waits for a reset. */
export async function makeStarts(): Promise<readonly Start[]> {
  const image = (name: string) => {
    const { segments } = IMAGES.find((each) => each.name === name) ?? IMAGES[0];
    return buildImage({ format: "raw", segments: segments.map((each) => ({ ...each, name: "image" })) });
  };
  const open = board({ flash: "zero" });
  await flashBoard(open, image("open.hex"));
  const pending = board({ flash: "zero" });
  await flashBoard(pending, image("secured.hex"), { policy: "as-image", permits: [permit("lock")] });
  const locked = board({ flash: "zero", state: pending.snapshot() });
  await onTarget(locked, async (session) => void (await session.reset("system", "run")));
  const start = (name: Start["name"], state: TwinState): Start => ({
    name,
    state: encodeState(state),
    flash: flashOf(state),
  });
  return [
    start("blank", board({ flash: "zero" }).snapshot()),
    start("open", open.snapshot()),
    start("pending-lock", pending.snapshot()),
    start("locked", locked.snapshot()),
  ];
}

const flashOf = (state: TwinState): Uint8Array => state.parts.get("pflash") ?? new Uint8Array();

/** The folder of one case: a home of the user, a project folder with the images, and a board in a state file. */
export class World {
  readonly home = mkdtempSync(join(tmpdir(), "flashproof-consents-"));
  readonly folder = join(this.home, "project");
  readonly board = join(this.folder, "board.k24");

  constructor(start: Start) {
    mkdirSync(this.folder);
    mkdirSync(join(this.home, "flashproof"));
    writeFileSync(this.board, start.state);
    for (const { name, content } of IMAGES) writeFileSync(join(this.folder, name), content);
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }

  /** The user's own settings, outside of the project. */
  writeUserSettings(text: string): void {
    writeFileSync(join(this.home, "flashproof", "flashproof.toml"), text);
  }

  /** The flash as the state file has it. */
  flash(): Uint8Array {
    return flashOf(decodeState(new Uint8Array(readFileSync(this.board)), this.board));
  }

  clear(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** A random image. */
export const anyImage = (chance: Chance): ImageFile => chance.pick(IMAGES);
