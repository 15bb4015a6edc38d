import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeState } from "../../../src/host/state-format.ts";
import { createTwin } from "../../../src/twin/usb.ts";

const CHIP = "MK24FN1M0xxx12";
const SMALL = "examples/k24-bootloader/small.hex";
const BOOTLOADER = "examples/k24-bootloader/bootloader-open.hex";

/** A call of the program whose files are watched while it is ended at each of its file operations. */
export interface Flow {
  readonly name: string;
  /** Calls that come before, on the folder's files. */
  readonly before: (folder: string) => readonly (readonly string[])[];
  readonly call: (folder: string) => readonly string[];
  /** The files that it writes, each with what its content is when it is whole; throws for one that is not. */
  readonly files: Readonly<Record<string, (bytes: Uint8Array) => string>>;
  /** What is lost, seen by the files' contents (undefined for one that is not there). */
  readonly lost?: (
    contents: Readonly<Record<string, string | undefined>>,
    old: string | undefined,
  ) => string | undefined;
}

const boardIn = (folder: string): readonly string[] => [
  ...["--chip", CHIP],
  ...["--probe", `twin:${CHIP},flash=zero,state=${join(folder, "board.k24")}`],
];

/** Of a board's state the flash counts: its clock differs from run to run. */
function flashOf(bytes: Uint8Array): string {
  const twin = createTwin({ chip: CHIP, state: decodeState(bytes, "board.k24") });
  return digest(twin.peekFlash(0, 0x10_0000));
}

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const planOf = (bytes: Uint8Array): string => JSON.stringify(JSON.parse(new TextDecoder().decode(bytes)));

/** A dump of that many bytes. */
const dumpOf =
  (length: number) =>
  (bytes: Uint8Array): string => {
    if (bytes.length !== length) throw new Error(`${bytes.length} of ${length} bytes`);
    return digest(bytes);
  };

const flashed = (image: string) => (folder: string) => ["flash", image, ...boardIn(folder)];

/** Each way in which the program writes state, outputs and plans. */
export const FLOWS: readonly Flow[] = [
  {
    name: "state of a new board",
    before: () => [],
    call: flashed(SMALL),
    files: { "board.k24": flashOf },
  },
  {
    name: "state of an old board",
    before: (folder) => [flashed(BOOTLOADER)(folder)],
    call: flashed(SMALL),
    files: { "board.k24": flashOf },
  },
  {
    name: "plan in place of a plan",
    before: (folder) => [["plan", BOOTLOADER, "--chip", CHIP, "--out", join(folder, "plan.json")]],
    call: (folder) => ["plan", SMALL, "--chip", CHIP, "--out", join(folder, "plan.json")],
    files: { "plan.json": planOf },
  },
  {
    name: "dump in place of a dump",
    before: (folder) => [
      flashed(BOOTLOADER)(folder),
      ["read", "0x8000:+0x4000", "-o", join(folder, "dump.bin"), ...boardIn(folder)],
    ],
    call: (folder) => ["read", "0:+0x4000", "-o", join(folder, "dump.bin"), ...boardIn(folder)],
    files: { "dump.bin": dumpOf(0x4000), "board.k24": flashOf },
  },
  {
    name: "what an erase loses",
    before: (folder) => [flashed(BOOTLOADER)(folder)],
    call: (folder) => ["erase", "--range", "0x2000:0x4000", "--save", join(folder, "saved.bin"), ...boardIn(folder)],
    files: { "saved.bin": dumpOf(0x2000), "board.k24": flashOf },
    // The sectors may be gone only where what stood in them is kept.
    lost: (contents, old) =>
      contents["board.k24"] !== old && contents["saved.bin"] === undefined ? "erased, and not saved" : undefined,
  },
];

/** What stands in a flow's files; throws for one that is half-written. */
export const contentsOf = ({ files }: Flow, folder: string): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(files).map(([name, whole]) => {
      const path = join(folder, name);
      return [name, existsSync(path) ? whole(new Uint8Array(readFileSync(path))) : undefined];
    }),
  );
