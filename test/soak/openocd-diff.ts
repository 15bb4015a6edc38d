import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MK24FN1M0xxx12 } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { LAYOUT } from "../../src/families/kinetis-ftfe/mailbox.ts";
import { permit } from "../../src/flash/permit.ts";
import { Stopwatch } from "../../src/flash/stopwatch.ts";
import { buildImage } from "../../src/image/build-image.ts";
import { eraseFlash } from "../../src/session/erase-job.ts";
import { type FlashJob, flashImage, planOnChip } from "../../src/session/flash-job.ts";
import type { Session } from "../../src/session/session.ts";
import type { Twin } from "../../src/twin/usb.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { hasJudge } from "../../tools/judges.mjs";
import { type Bench, BOARD, openBench } from "../clients/openocd/bench.ts";
import { asText, flashedWith } from "../clients/boards.ts";
import { board, onTarget } from "../support/board.ts";
import { Chance } from "../support/chance.ts";
import { decodeState } from "../../src/node/boards/state-format.ts";

const SECTOR = 4096;
const SECTORS = 24;
const FIELD = 0x400;
const FSEC = 0xc;
/** RAM that the operations write to and read from. */
const FREE_RAM = { start: 0x20018000, length: 0x10000 } as const;
/** SRAM_L and SRAM_U are one part of the state. */
const SRAM = { start: 0x1fff0000, length: 0x40000 } as const;
/** What is not compared of it: where both stacks put code of their own (OpenOCD's work area is smaller than ours). */
const CODE = { start: MK24FN1M0xxx12.workRam[0].start, length: LAYOUT.end } as const;
/** FSTAT, FCNFG, FSEC, FOPT and FPROT3 to 0; FCCOB holds whatever command came last, and each stack has its own way. */
const FTFE = [0x40020000, 0x40020010] as const;

/** The two boards, and what is asked of both. */
interface Both {
  readonly twin: Twin;
  readonly bench: Bench;
  readonly file: string;
  readonly chance: Chance;
  locked: boolean;
}

/** One operation: done by our stack on one board, by OpenOCD on the other; answers what each has seen. */
type Operation = (both: Both) => Promise<readonly [ours: string, theirs: string] | undefined>;

/** The same random operations once by our stack and once by OpenOCD, on two boards of one seed, compared after each. */
export async function run({ count, seed, out }: SoakOptions): Promise<number> {
  if (!hasJudge("openocd")) {
    out("skipped: openocd (apt-get install openocd)");
    return process.env["FLASHPROOF_REQUIRE"]?.includes("openocd") ? 1 : 0;
  }
  const folder = mkdtempSync(join(tmpdir(), "flashproof-diff-"));
  const bench = await openBench();
  try {
    const both = await twoBoards(bench, seed, join(folder, "image.bin"));
    const done = new Map<string, number>();
    let differences = 0;
    for (let i = 0; i < count && differences < MOST_DIFFERENCES; i++) {
      const name = both.locked ? "unlock" : both.chance.pick(OFTEN);
      const what = await difference(both, name);
      done.set(name, (done.get(name) ?? 0) + 1);
      if ((i + 1) % 100 === 0) process.stderr.write(`${i + 1} of ${count}\n`);
      if (what === undefined) continue;
      differences++;
      process.stderr.write(`operation ${i} (${name}): ${what}\n`);
    }
    out(`${[...done].map(([name, n]) => `${name} ${n}`).join(" ")} differences ${differences}`);
    return differences === 0 ? 0 : 1;
  } finally {
    await bench.close();
    rmSync(folder, { recursive: true });
  }
}

/** Our flash jobs begin with a reset, which loads the security byte; OpenOCD leaves that to its user. */
const RESET = "reset halt";

/** One is enough to fail; a few more tell what kind it is. */
const MOST_DIFFERENCES = 5;

async function twoBoards(bench: Bench, seed: number, file: string): Promise<Both> {
  const state = asText(await flashedWith("bootloader-open.raw.bin"));
  const options = { ...BOARD, flash: "zero", seed } as const;
  await bench.ask("board", options, state);
  await bench.startOpenocd({ reset: true });
  await tcl(bench, RESET);
  const twin = board({ ...options, state: decodeState(Buffer.from(state, "base64"), "state") });
  await onTarget(twin, (session) => session.reset("system", "halt"));
  return { twin, bench, file, chance: new Chance(seed), locked: false };
}

async function difference(both: Both, name: keyof typeof OPERATIONS): Promise<string | undefined> {
  const seen = await OPERATIONS[name](both);
  if (seen && seen[0] !== seen[1]) return `ours saw ${seen[0]}, OpenOCD ${seen[1]}`;
  for (const [name, part, range] of COMPARED) {
    const [ours, theirs] = [digest(both.twin, part, range), await both.bench.ask("digest", part, range)];
    if (ours !== theirs) return `${name} differs`;
  }
  if (both.locked) return undefined;
  const [ours, theirs] = [await ourRegisters(both.twin), await theirRegisters(both.bench)];
  return ours === theirs ? undefined : `FTFE has ${ours}, with OpenOCD ${theirs}`;
}

/** A range of a part of the state. */
interface Range {
  readonly start: number;
  readonly length: number;
}

const COMPARED: readonly (readonly [name: string, part: "pflash" | "sram", range: Range])[] = [
  ["flash", "pflash", { start: 0, length: 0x100000 }],
  ["RAM below the stacks' code", "sram", { start: 0, length: CODE.start - SRAM.start }],
  ["RAM above the stacks' code", "sram", above(CODE, SRAM)],
];

/** What lies in `whole` above `part`, from the beginning of `whole`. */
function above(part: Range, whole: Range): Range {
  const start = part.start + part.length - whole.start;
  return { start, length: whole.length - start };
}

function digest(twin: Twin, part: "pflash" | "sram", { start, length }: Range): string {
  const bytes = twin.snapshot().parts.get(part) ?? new Uint8Array();
  return createHash("sha256")
    .update(bytes.subarray(start, start + length))
    .digest("hex");
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const ourRegisters = (twin: Twin): Promise<string> =>
  onTarget(twin, async ({ core: { memory } }) => {
    const groups = [];
    for (const address of FTFE) groups.push(hex(await memory.read(address, 4, 8)));
    return groups.join(" ");
  });

async function theirRegisters(bench: Bench): Promise<string> {
  const groups = [];
  for (const address of FTFE) groups.push(await theirRead(bench, address, 8, 4));
  return groups.join(" ");
}

/** One OpenOCD command that has to succeed. */
async function tcl(bench: Bench, command: string): Promise<string> {
  const answer = await bench.ask("tcl", `list [catch {${command}} said] $said`);
  const match = /^(-?\d+) ?([\s\S]*)$/.exec(answer);
  if (match?.[1] !== "0") throw new Error(`OpenOCD, ${command}: ${answer}`);
  return match[2].replace(/^\{([\s\S]*)\}$/, "$1");
}

/** Memory as OpenOCD reads it, as hex digits, lowest byte first. */
async function theirRead(bench: Bench, address: number, width: 8 | 32, count: number): Promise<string> {
  const words = (await tcl(bench, `read_memory 0x${address.toString(16)} ${width} ${count}`)).split(" ").map(Number);
  const bytes = Buffer.alloc((count * width) / 8);
  words.forEach((word, i) => void (width === 8 ? bytes.writeUInt8(word, i) : bytes.writeUInt32LE(word, i * 4)));
  return bytes.toString("hex");
}

const OPERATIONS = {
  async read({ twin, bench, chance }) {
    const inRam = chance.below(2) === 0;
    const address = (inRam ? FREE_RAM.start : 0) + chance.below(inRam ? FREE_RAM.length / 8 : SECTORS * 512) * 4;
    const count = 1 + chance.below(256);
    const ours = await onTarget(twin, ({ core }) => core.memory.read(address, count * 4, 32));
    return [hex(ours), await theirRead(bench, address, 32, count)];
  },

  async write({ twin, bench, chance }) {
    const words = Array.from({ length: 1 + chance.below(64) }, () => chance.below(2 ** 32));
    const address = FREE_RAM.start + chance.below(FREE_RAM.length / 8) * 4;
    const bytes = new Uint8Array(Uint32Array.from(words).buffer);
    await onTarget(twin, ({ core }) => core.memory.write(address, bytes, 32));
    await tcl(bench, `write_memory 0x${address.toString(16)} 32 {${words.join(" ")}}`);
    return undefined;
  },

  async erase({ twin, bench, chance }) {
    const first = chance.below(SECTORS);
    const count = 1 + chance.below(Math.min(3, SECTORS - first));
    const target = { what: "sectors", start: first * SECTOR, length: count * SECTOR } as const;
    await onTarget(twin, (session) => eraseFlash(session, target));
    await tcl(bench, RESET);
    await tcl(bench, `flash erase_sector 0 ${first} ${first + count - 1}`);
    return undefined;
  },

  async program(both) {
    const { chance } = both;
    const anywhere = chance.below((SECTORS * SECTOR) / 16 - 256) * 16;
    // OpenOCD 0.12 crashes over an image that begins in sector 0 behind the configuration field.
    const address = anywhere < SECTOR ? anywhere % FIELD : anywhere;
    const bytes = chance.bytes((1 + chance.below(256)) * 16).map((byte, i) => fieldByte(address + i, 0xfe) ?? byte);
    await program(both, address, bytes);
    return undefined;
  },

  async reset({ twin, bench }) {
    await onTarget(twin, (session) => session.reset("system", "halt"));
    await tcl(bench, RESET);
    return undefined;
  },

  async lock(both) {
    const { twin, bench, chance } = both;
    const fsec = chance.pick([0xff, 0x7b, 0x3f]);
    const bytes = new Uint8Array(16).map((_, i) => fieldByte(FIELD + i, fsec) ?? 0);
    await tcl(bench, "kinetis fcf_source write");
    await program(both, FIELD, bytes, "as-image");
    await tcl(bench, "kinetis fcf_source protection");
    await onTarget(twin, (session) => session.reset("system", "halt"));
    await bench.ask("tcl", "catch {reset halt}");
    both.locked = true;
    return undefined;
  },

  async unlock(both) {
    await onTarget(both.twin, async () => {}, { massErase: true });
    await tcl(both.bench, "kinetis mdm mass_erase");
    await tcl(both.bench, RESET);
    both.locked = false;
    return undefined;
  },
} as const satisfies { readonly [name: string]: Operation };

/** The operations by how often they come; a lock is followed by its unlock. */
const OFTEN = [
  ...(["read", "read", "read", "write", "write", "write", "erase", "erase"] as const),
  ...(["program", "program", "program", "reset", "lock"] as const),
];

/** A byte of the flash configuration field with this FSEC, or undefined outside it. */
function fieldByte(address: number, fsec: number): number | undefined {
  if (address < FIELD || address >= FIELD + 16) return undefined;
  return address === FIELD + FSEC ? fsec : 0xff;
}

/** Erases what the bytes touch and programs them; the rest of those sectors stays erased, and the chip open. */
async function program(
  { twin, bench, file }: Both,
  address: number,
  bytes: Uint8Array,
  policy: FlashJob["policy"] = "as-image",
): Promise<void> {
  const image = buildImage({ format: "raw", segments: [{ name: "image", address, bytes }] });
  await onTarget(twin, async (session) => flashImage(session, await permitted(session, { image, policy })));
  writeFileSync(file, bytes);
  await tcl(bench, RESET);
  await tcl(bench, `flash write_image erase ${file} 0x${address.toString(16)} bin`);
}

/** A job with every permit that its plan asks for. */
async function permitted(session: Session, job: Pick<FlashJob, "image" | "policy">): Promise<FlashJob> {
  const whole = { ...job, keepRest: false, permits: [] };
  const { needs } = await planOnChip(session, whole, new Stopwatch(session.clock));
  return { ...whole, permits: needs.map(({ act, token }) => permit(act, token)) };
}
