import type { Io } from "../base/clock.ts";
import { concatBytes } from "../base/bytes.ts";
import { address32, type u32 } from "../base/u32.ts";
import { BASE, BD0, CSW, DRW, TAR } from "../registers/mem-ap.ts";
import type { AccessPort, ApOp } from "./access-port.ts";
import { AdiError } from "./adi-error.ts";
import { bytesFromByteLanes, bytesIn, fromByteLanes, toByteLanes, wordsForByteLanes } from "./byte-lanes.ts";
import { type BatchMemory, type MemoryOp, together, type Width } from "./memory.ts";

/** TAR counts up by itself only within this many bytes; more is not guaranteed (ADIv5.2 (IHI 0031F), C2.2.2). */
const TAR_WRAP = 1024;

/** Most accesses in one batch, so that a long transfer can be called off and its memory stays small. */
const BATCH = 16384;

/**
 * Bits of CSW.Prot that an AHB-AP of Cortex-M3 and M4 wants: data and privileged, and the debugger as master rather
 * than the core (Cortex-M4 TRM (DDI 0439D), table 8-3).
 */
const AHB_PROT = 0x23000000;

const SIZES = { 8: 0, 16: 1, 32: 2 } as const;
const INCREMENT = { off: 0, single: 1 } as const;

const write = (address: number, word: u32): ApOp => ({ op: "write", address, words: [word] });

/** What has to be known of a MEM-AP before it is used: CSW and BASE. */
export const OPENING_LOOKS: readonly ApOp[] = [CSW, BASE].map(({ address }) => ({ op: "read", address, count: 1 }));

/** The memory behind a MEM-AP. Throws `memory-fault` with the address that failed, and `memory-alignment`. */
export class MemAp implements BatchMemory {
  /** The ROM table's address from BASE, or undefined where BASE says that there is none. */
  readonly romTable: u32 | undefined;
  private readonly ap: AccessPort;
  private readonly prot: u32;

  private constructor(ap: AccessPort, csw: u32, base: u32) {
    this.ap = ap;
    this.prot = (AHB_PROT | (csw & CSW.mask("Prot"))) >>> 0;
    this.romTable = romTableIn(base);
  }

  /** Reads CSW and BASE, which a locked chip answers too. */
  static async open(ap: AccessPort, io: Io = {}): Promise<MemAp> {
    return MemAp.by(ap, await ap.run(OPENING_LOOKS, io));
  }

  /** The same by the words of `OPENING_LOOKS`, which were read before. */
  static by(ap: AccessPort, [csw, base]: Uint32Array): MemAp {
    return new MemAp(ap, csw, base);
  }

  async read(address: u32, count: number, width: Width, io: Io = {}): Promise<Uint8Array> {
    checkAligned(address, count, width);
    const parts: Uint8Array[] = [];
    for (const part of split(address, count, BATCH * bytesIn(width))) {
      const ops = this.blocks(part, width, (block) => {
        return { op: "read", address: DRW.address, count: block.count / bytesIn(width) };
      });
      const words = await this.attempt(part.address, part.count, io, ops);
      parts.push(bytesFromByteLanes(part.address, words, width));
    }
    return parts.length === 1 ? parts[0] : concatBytes(parts);
  }

  async write(address: u32, bytes: Uint8Array, width: Width, io: Io = {}): Promise<void> {
    checkAligned(address, bytes.length, width);
    for (const part of split(address, bytes.length, BATCH * bytesIn(width))) {
      const ops = this.blocks(part, width, (block) => {
        const data = bytes.subarray(block.address - address, block.address - address + block.count);
        return { op: "write", address: DRW.address, words: wordsForByteLanes(block.address, data, width) };
      });
      await this.attempt(part.address, part.count, io, ops);
    }
  }

  async run(ops: readonly MemoryOp[], io: Io = {}): Promise<Uint32Array> {
    for (const { address, width } of ops) checkAligned(address, 0, width);
    const words = await this.attempt(0, 0, io, this.singleAccesses(ops));
    const looks = ops.filter((op) => op.op !== "write");
    return words.map((word, i) => fromByteLanes(word, looks[i].address, looks[i].width));
  }

  together<T>(accesses: (own: BatchMemory, io: Io) => Promise<T>, io: Io = {}): Promise<T> {
    return this.ap.together((own) => accesses(partOf(this, own), own), io);
  }

  /** CSW and TAR are written every time: two transfers cost less than a stale value of either. */
  private blocks({ address, count }: Part, width: Width, access: (block: Part) => ApOp): readonly ApOp[] {
    const untilWrap = Math.min(count, TAR_WRAP - (address % TAR_WRAP));
    const blocks = [...split(address, untilWrap, TAR_WRAP), ...split(address + untilWrap, count - untilWrap, TAR_WRAP)];
    const steps = blocks.flatMap((block) => [write(TAR.address, block.address), access(block)]);
    return [write(CSW.address, this.csw(width, INCREMENT.single)), ...steps];
  }

  private singleAccesses(ops: readonly MemoryOp[]): readonly ApOp[] {
    const all: ApOp[] = [];
    let at: Reach = { tar: undefined, width: undefined, isCounting: false, through: undefined };
    for (let i = 0; i < ops.length; ) {
      const row = wordsInARow(ops, i);
      if (row.length >= BLOCK_FROM) {
        if (!at.isCounting) all.push(write(CSW.address, this.csw(32, INCREMENT.single)));
        all.push(...blockOf(row));
        at = { tar: undefined, width: 32, isCounting: true, through: undefined };
        i += row.length;
        continue;
      }
      const op = ops[i++];
      const next = reach(op, at);
      // What counts TAR up has one width, too.
      if (next.width !== at.width) all.push(write(CSW.address, this.csw(op.width, INCREMENT.off)));
      if (next.tar !== at.tar) all.push(write(TAR.address, op.address));
      all.push(singleAccess(op, next.through));
      at = next;
    }
    return all;
  }

  private csw(width: Width, increment: number): u32 {
    return CSW.with(this.prot, { Size: SIZES[width], AddrInc: increment });
  }

  /** Runs a batch; a bus fault is thrown as `memory-fault` with the address at which it happened. */
  private attempt(address: u32, count: number, io: Io, ops: readonly ApOp[]): Promise<Uint32Array> {
    return this.ap.together((own) => this.attemptNow(address, count, own, ops), io);
  }

  /** TAR belongs to the batch before: nothing may come between the two. */
  private async attemptNow(address: u32, count: number, io: Io, ops: readonly ApOp[]): Promise<Uint32Array> {
    try {
      return await this.ap.run(ops, io);
    } catch (error) {
      const flags = error instanceof AdiError && error.code === "dp-sticky-error" ? error.details["flags"] : undefined;
      // Only STICKYERR comes from the bus; the other flags are failures of the wire.
      if (!Array.isArray(flags) || !flags.includes("STICKYERR")) throw error;
      // TAR stays at the access that failed; it counts only inside the requested range.
      const tar = await this.ap.read(TAR.address, io.entry ? { entry: io.entry } : {});
      const at = count === 0 || (tar >= address && tar < address + count) ? tar : address;
      const text = `The target refused an access to memory at ${address32(at)}`;
      throw new AdiError("memory-fault", text, { cause: error, details: { address: address32(at), count } });
    }
  }
}

/** The memory as one call sees it that goes through with none of another caller's in between. */
const partOf = (memory: BatchMemory, { entry }: Io): BatchMemory => {
  // Limits from further out are taken as they are, but the accesses are a part of this call, or of one within it.
  const isWithin = (io: Io | undefined) => (io?.entry?.depth ?? 0) > (entry?.depth ?? 0);
  const within = (io: Io | undefined): Io => ({ ...io, ...(entry && !isWithin(io) && { entry }) });
  return {
    read: (address, count, width, io) => memory.read(address, count, width, within(io)),
    write: (address, bytes, width, io) => memory.write(address, bytes, width, within(io)),
    run: (ops, io) => memory.run(ops, within(io)),
    ...(memory.together && {
      together: <T>(accesses: (own: BatchMemory, io: Io) => Promise<T>, io?: Io) =>
        together(memory, accesses, within(io)),
    }),
  };
};

interface Part {
  readonly address: u32;
  readonly count: number;
}

/** Where a batch stands: what TAR and CSW hold, and the data register last used. */
interface Reach {
  readonly tar: u32 | undefined;
  readonly width: Width | undefined;
  /** Whether DRW counts TAR up. */
  readonly isCounting: boolean;
  readonly through: number | undefined;
}

/**
 * How to reach the next address. Words in the sixteen bytes around TAR go through BD0 to BD3 and leave TAR alone; they
 * are in another bank than DRW, so DRW is only used for TAR's own address and only until a BD register was.
 */
function reach({ address, width }: MemoryOp, at: Reach): Reach & { readonly through: number } {
  const isNear = at.tar !== undefined && width === 32 && address >>> 4 === at.tar >>> 4;
  const isSame = address === at.tar && at.through === DRW.address;
  // Behind a block TAR would count on, but not where a word goes through the registers around it.
  const isCounting = at.isCounting && width === 32;
  if (!isCounting && (isSame || !isNear)) return { tar: address, width, isCounting, through: DRW.address };
  return { tar: isNear ? at.tar : address, width, isCounting, through: BD0.address + (address & 0xc) };
}

/**
 * Words that one batch reads or writes one behind the other are a block from so many on: CSW and TAR cost as much as two
 * of them.
 */
const BLOCK_FROM = 4;

type WriteOp = MemoryOp & { readonly op: "write" };

/** The words from an operation on that are read, or written, one behind the other. */
function wordsInARow(ops: readonly MemoryOp[], from: number): readonly MemoryOp[] {
  const { op: kind, address } = ops[from];
  let end = from;
  for (; end < ops.length && kind !== "until"; end++) {
    const op = ops[end];
    if (op.op !== kind || op.width !== 32 || op.address !== address + 4 * (end - from)) break;
  }
  return ops.slice(from, end);
}

/** Words in blocks within which TAR counts up. */
function blockOf(row: readonly MemoryOp[]): readonly ApOp[] {
  const all: ApOp[] = [];
  for (let at = 0; at < row.length; ) {
    const { address } = row[at];
    const part = row.slice(at, at + (TAR_WRAP - (address % TAR_WRAP)) / 4);
    all.push(write(TAR.address, address), blockAccess(part));
    at += part.length;
  }
  return all;
}

/** Reads, or writes: a row has one kind. */
function blockAccess(part: readonly MemoryOp[]): ApOp {
  if (part[0].op === "read") return { op: "read", address: DRW.address, count: part.length };
  return { op: "write", address: DRW.address, words: (part as readonly WriteOp[]).map(({ value }) => value) };
}

/** One operation of a batch through the AP's register at `through`. */
function singleAccess(op: MemoryOp, through: number): ApOp {
  const { address, width } = op;
  if (op.op === "read") return { op: "read", address: through, count: 1 };
  const value = toByteLanes(op.value, address, width);
  if (op.op === "write") return write(through, value);
  return { op: "until", address: through, mask: toByteLanes(op.mask, address, width), value };
}

function split(address: u32, count: number, most: number): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < count; at += most) parts.push({ address: address + at, count: Math.min(most, count - at) });
  return parts;
}

function checkAligned(address: u32, count: number, width: Width): void {
  const step = bytesIn(width);
  if (address % step === 0 && count % step === 0) return;
  const details = { address: address32(address), count, width };
  throw new AdiError("memory-alignment", `${count} bytes at ${address32(address)} are no ${width}-bit accesses`, {
    details,
  });
}

/**
 * Where BASE says that the table is (ADIv5.2, C2.6.1). The legacy format has bit 1 clear and no present bit: all ones
 * mean none there.
 */
function romTableIn(base: u32): u32 | undefined {
  const isListed = BASE.field(base, "Format") === 1 ? BASE.field(base, "P") === 1 : base !== 0;
  return base !== 0xffffffff && isListed ? (base & BASE.mask("BASEADDR")) >>> 0 : undefined;
}
