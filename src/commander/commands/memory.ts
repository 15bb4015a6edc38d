import { readBlock } from "../../adi/block.ts";
import type { Width } from "../../adi/memory.ts";
import { ByteWriter } from "../../base/bytes.ts";
import { print } from "../console/context.ts";
import { isRefusedAccess } from "../run/failure.ts";
import { type Call, type Handler, type Outcome, targetOf } from "../run/handler.ts";
import { warnOfFlashWrite } from "../target/risky-writes.ts";
import { unreadableArgument } from "../texts/v7-86e/banner.ts";
import * as texts from "../texts/v7-86e/memory.ts";
import { zonedAddress } from "../language/zoned-address.ts";

/** Bytes that one dump shows at most (UM08001 V6.22 3.2.1: 0x100000 bytes, and as many in larger items). */
const MOST_BYTES = 0x100000;

/** How a dump command reads and prints. */
interface Dump {
  readonly name: string;
  readonly size: 1 | 2 | 4 | 8;
  readonly print: (address: number, bytes: Uint8Array) => readonly string[];
}

const dump =
  (how: Dump): Handler =>
  async (call) => {
    const address = zonedAddress(call, "Addr");
    const length = call.args.number("NumItems") * how.size;
    if (address === undefined) return "failed";
    if (length > MOST_BYTES) return tooMany(call, how);
    return orRefused(call, texts.memoryUnreadable(), async () => {
      print(call, how.print(address, await read(call, address, length, how.size)));
    });
  };

/** Bytes are memory, so any width will do; larger items are accesses of their own width. */
function read(call: Call, address: number, length: number, size: Dump["size"]): Promise<Uint8Array> {
  const { memory } = targetOf(call).core;
  if (length === 0) return Promise.resolve(new Uint8Array());
  return size === 1
    ? readBlock(memory, address, length, call.io)
    : memory.read(address, length, (Math.min(size, 4) * 8) as Width, call.io);
}

function tooMany(call: Call, { name }: Dump): Outcome {
  print(call, unreadableArgument("NumItems", `${name} [<Zone>:]<Addr>, <NumItems> (hex)`));
  return "failed";
}

/** `mem`: bytes and characters. */
export const mem = dump({ name: "mem", size: 1, print: texts.dumpMem });
/** `mem8`: bytes. */
export const mem8 = dump({ name: "mem8", size: 1, print: texts.dumpMem8 });
/** `mem16`: halfwords, by accesses of that width. */
export const mem16 = dump({ name: "mem16", size: 2, print: texts.dumpMem16 });
/** `mem32`: words, by accesses of that width. */
export const mem32 = dump({ name: "mem32", size: 4, print: texts.dumpMem32 });
/** `mem64`: double words, each by two accesses. */
export const mem64 = dump({ name: "mem64", size: 8, print: texts.dumpMem64 });

const writeItem =
  (size: 1 | 2 | 4): Handler =>
  async (call) => {
    const value = call.args.number("Data");
    const bytes = new ByteWriter().u32le(value).finish().subarray(0, size);
    return write(call, bytes, (size * 8) as Width, (address) => texts.memoryWritten(address, value, size));
  };

/** `w1`: a byte. */
export const w1 = writeItem(1);
/** `w2`: a halfword. */
export const w2 = writeItem(2);
/** `w4`: a word. */
export const w4 = writeItem(4);

/** `w8`: two words, the lower one first. */
export const w8: Handler = (call) => {
  const value = call.args.bigint("Data");
  const [low, high] = [Number(value & 0xffff_ffffn), Number(value >> 32n)];
  const bytes = new ByteWriter().u32le(low).u32le(high).finish();
  return write(call, bytes, 32, (address) => texts.doubleWordWritten(address, value));
};

async function write(
  call: Call,
  bytes: Uint8Array,
  width: Width,
  lines: (address: number) => readonly string[],
): Promise<Outcome> {
  const address = zonedAddress(call, "Addr");
  if (address === undefined) return "failed";
  warnOfFlashWrite(call.notes, address, bytes.length);
  return orRefused(call, texts.memoryUnwritable(), async () => {
    print(call, lines(address));
    await targetOf(call).core.memory.write(address, bytes, width, call.io);
  });
}

/** Does an access; where the target refuses it, J-Link's line for that. */
async function orRefused(call: Call, refused: readonly string[], access: () => Promise<void>): Promise<Outcome> {
  try {
    await access();
    return "ok";
  } catch (error) {
    if (!isRefusedAccess(error)) throw error;
    print(call, refused);
    call.notes.error(error);
    return "failed";
  }
}
