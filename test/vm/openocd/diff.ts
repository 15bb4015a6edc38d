import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { RP2040 } from "../../../src/chips/raspberry-pi/rp2040.ts";
import { buildImage } from "../../../src/image/build-image.ts";
import { eraseFlash } from "../../../src/session/erase-job.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { onTarget } from "../../support/board.ts";
import { Chance } from "../../support/chance.ts";
import { type Openocd, readWords } from "./tcl.ts";

/** Two boards of one seed: ours, worked on by our own stack, and theirs, by OpenOCD. */
export interface Both {
  readonly ours: Twin;
  readonly theirs: Twin;
  readonly openocd: Openocd;
  /** A folder that OpenOCD sees too. */
  readonly folder: string;
}

/** What an operation is given. */
interface Task extends Both {
  readonly chance: Chance;
  readonly index: number;
}

/** Done by our stack on one board and by OpenOCD on the other; answers what each has read. */
type Operation = (task: Task) => Promise<readonly [ours: Uint8Array, theirs: Uint8Array] | undefined>;

const FLASH = RP2040.banks[0].start;
/** OpenOCD's sectors of a W25Q16 have 64 KB, and so many of them are used. */
const SECTOR = 0x10000;
const SECTORS = 6;
/** RAM that the operations write to and read from. */
const FREE_RAM = { start: 0x20020000, length: 0x10000 } as const;

/** All flash and all RAM: both stacks give back what their code has used. */
const COMPARED = ["flash", "sram"] as const;

/** Our flash jobs begin with a reset; OpenOCD leaves that to its user. */
const RESET = "reset halt";

/** One is enough to fail; a few more tell what kind it is. */
const MOST_DIFFERENCES = 5;

/** The same random operations once by our stack and once by OpenOCD, compared after each; answers how many differed. */
export async function compareRp2040(both: Both, count: number, seed: number): Promise<number> {
  const chance = new Chance(seed);
  // Without `poll off` it asks both cores all the time; a probe makes the flash visible, as our connecting does.
  await both.openocd.tcl(`poll off; ${RESET}; flash probe 0`);
  await onTarget(both.ours, (session) => session.reset("system", "halt"));
  const done = new Map<string, number>();
  let differences = 0;
  for (let index = 0; index < count && differences < MOST_DIFFERENCES; index++) {
    const name = chance.pick(OFTEN);
    const what = await difference({ ...both, chance, index }, name);
    done.set(name, (done.get(name) ?? 0) + 1);
    if ((index + 1) % 20 === 0) console.log(`${index + 1} of ${count}`);
    if (what === undefined) continue;
    differences++;
    console.log(`operation ${index} (${name}): ${what}`);
  }
  const operations = [...done].map(([name, n]) => `${name} ${n}`).join(" ");
  console.log(`openocd-diff RP2040 --count ${count} --seed ${seed}: ${operations} differences ${differences}`);
  return differences;
}

async function difference(task: Task, name: keyof typeof OPERATIONS): Promise<string | undefined> {
  const seen = await OPERATIONS[name](task);
  if (seen && digest(seen[0]) !== digest(seen[1])) return `ours saw ${hex(seen[0])}, OpenOCD ${hex(seen[1])}`;
  const [ours, theirs] = [task.ours.snapshot().parts, task.theirs.snapshot().parts];
  for (const part of COMPARED) {
    const at = firstDifference(partOf(ours, part), partOf(theirs, part));
    if (at !== undefined) return `${part} differs at 0x${at.toString(16)}`;
  }
  return undefined;
}

function partOf(parts: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = parts.get(name);
  if (!bytes) throw new Error(`the state has no ${name}`);
  return bytes;
}

function firstDifference(ours: Uint8Array, theirs: Uint8Array): number | undefined {
  if (digest(ours) === digest(theirs)) return undefined;
  return ours.findIndex((byte, i) => byte !== theirs[i]);
}

const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const hexNumber = (value: number): string => `0x${value.toString(16)}`;

const OPERATIONS = {
  async read({ ours, openocd, chance }) {
    const inRam = chance.below(2) === 0;
    const from = inRam ? FREE_RAM : { start: FLASH, length: SECTORS * SECTOR };
    const address = from.start + chance.below(from.length / 8) * 4;
    const count = 1 + chance.below(256);
    const seen = await onTarget(ours, ({ core }) => core.memory.read(address, count * 4, 32));
    return [seen, await readWords(openocd, address, count)];
  },

  async write({ ours, openocd, chance }) {
    const words = Array.from({ length: 1 + chance.below(64) }, () => chance.below(2 ** 32));
    const address = FREE_RAM.start + chance.below(FREE_RAM.length / 8) * 4;
    const bytes = new Uint8Array(Uint32Array.from(words).buffer);
    await onTarget(ours, ({ core }) => core.memory.write(address, bytes, 32));
    await openocd.tcl(`write_memory ${hexNumber(address)} 32 {${words.join(" ")}}`);
    return undefined;
  },

  async erase(task) {
    const first = task.chance.below(SECTORS);
    const count = 1 + task.chance.below(Math.min(3, SECTORS - first));
    await eraseOurs(task.ours, FLASH + first * SECTOR, count * SECTOR);
    await task.openocd.tcl(`${RESET}; flash erase_sector 0 ${first} ${first + count - 1}`);
    return undefined;
  },

  /** Erases what the bytes touch, by OpenOCD's sectors, and programs them. */
  async program({ ours, openocd, chance, folder, index }) {
    const bytes = chance.bytes((1 + chance.below(256)) * 16);
    const offset = chance.below((SECTORS * SECTOR - bytes.length) / 4) * 4;
    const [first, last] = [offset, offset + bytes.length - 1].map((at) => at - (at % SECTOR));
    const address = FLASH + offset;
    await eraseOurs(ours, FLASH + first, last - first + SECTOR);
    const image = buildImage({ format: "raw", segments: [{ name: "image", address, bytes }] });
    await onTarget(ours, (session) => flashImage(session, { image, policy: "refuse", keepRest: false, permits: [] }));
    // A name of its own: the guest keeps what it has seen of a file.
    const file = join(folder, `image-${index}.bin`);
    writeFileSync(file, bytes);
    await openocd.tcl(`${RESET}; flash write_image erase ${file} ${hexNumber(address)} bin`);
    await openocd.tcl(`verify_image ${file} ${hexNumber(address)} bin`);
    return undefined;
  },

  async reset({ ours, openocd }) {
    await onTarget(ours, (session) => session.reset("system", "halt"));
    await openocd.tcl(RESET);
    return undefined;
  },
} as const satisfies { readonly [name: string]: Operation };

const eraseOurs = (twin: Twin, start: number, length: number): Promise<unknown> =>
  onTarget(twin, (session) => eraseFlash(session, { what: "sectors", start, length }));

/** The operations by how often they come. */
const OFTEN = [
  ...(["read", "read", "read", "write", "write", "write", "erase", "erase"] as const),
  ...(["program", "program", "program", "reset"] as const),
];
