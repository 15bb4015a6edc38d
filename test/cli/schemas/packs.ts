import { z } from "zod";
import { address, byte, count, milliseconds } from "./shapes.ts";

const range = { start: address, length: count };

const identity = z.strictObject({
  id: z.string(),
  vendor: z.string(),
  version: z.string().describe("empty where the pack has none"),
  description: z.string(),
  format: z.enum(["cmsis-pack", "probe-rs", "own"]),
  license: z.string().optional().describe("its file in the pack"),
});

const algorithm = {
  device: z.string().describe("what the algorithm calls its flash"),
  flash: z.strictObject(range),
  page: count,
  erased: byte,
  sectors: z.array(z.strictObject({ size: count, count })),
  code: count.describe("bytes of code and data"),
  functions: z.array(z.string()),
  programMs: milliseconds,
  eraseMs: milliseconds,
  load: address.optional(),
};

const use = z.strictObject({
  file: z.string(),
  ...range,
  default: z.boolean(),
  ram: z.strictObject(range).optional(),
  ...z.object(algorithm).partial().shape,
  refused: z.strictObject({ code: z.string(), message: z.string() }).optional().describe("why it can't be used"),
});

const device = z.strictObject({
  name: z.string(),
  vendor: z.string(),
  family: z.string(),
  variantOf: z.string().optional(),
  processors: z.array(
    z.strictObject({
      name: z.string().optional(),
      core: z.string(),
      units: count,
      fpu: z.enum(["none", "single", "double"]),
      mpu: z.boolean(),
      endian: z.enum(["little", "big", "configurable"]),
      clock: count.optional(),
    }),
  ),
  memories: z.array(
    z.strictObject({
      name: z.string(),
      ...range,
      access: z.string(),
      default: z.boolean(),
      alias: z.string().optional(),
      core: z.string().optional(),
    }),
  ),
  accessPorts: z.array(z.strictObject({ id: count, index: count.optional(), address: address.optional() })),
  sequences: z.array(z.string()),
  algorithms: z.array(use),
});

const checked = z.strictObject({
  algorithm: z.string(),
  device: z.string().optional().describe("whose core and RAM it was checked with; absent for an algorithm by itself"),
  core: z.string(),
  ram: z.strictObject(range),
  buffers: count,
  undecoded: z.array(z.string()).describe("functions whose first instruction the core lacks"),
  calls: z.array(
    z.strictObject({
      name: z.string(),
      how: z.enum(["returned", "limit", "fault", "breakpoint", "undefined", "left", "reset", "asleep"]),
      result: z.string().describe("R0"),
      pc: address,
      accesses: z.array(
        z.strictObject({
          kind: z.enum(["read", "write"]),
          address,
          bytes: count,
          value: z.string().describe("of the last one"),
          count: count.describe("how many in a row"),
        }),
      ),
      more: count.describe("accesses that are not listed"),
    }),
  ),
  stackUsed: count.describe("bytes"),
  registersLost: z.array(z.string()).describe("calls after which R9 or SP was another"),
  stray: z.strictObject({ what: z.string(), address, after: z.string() }).optional(),
});

const accessPlace = {
  place: z.enum(["memory", "dp", "ap", "access-ap"]),
  port: z.string().describe("the access port, or the debug port"),
  address,
  bytes: count,
  register: z.string().optional().describe("its name in the Arm manuals"),
  value: z.string().describe("of the last one; of a read, what no chip has answered"),
  count: count.describe("how many in a row"),
};

const sequenceEvent = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("read"), ...accessPlace }),
  z.strictObject({ kind: z.literal("write"), ...accessPlace }),
  z.strictObject({ kind: z.literal("delay"), microseconds: count }),
  z.strictObject({ kind: z.literal("pins"), out: z.string(), select: z.string(), microseconds: count }),
  z.strictObject({ kind: z.literal("clock"), hertz: count }),
  z.strictObject({ kind: z.literal("bits"), count, bits: z.string() }),
  z.strictObject({ kind: z.literal("message"), level: count, text: z.string() }),
  z.strictObject({ kind: z.literal("query"), text: z.string(), answer: z.string() }),
  z.strictObject({ kind: z.literal("sequence"), name: z.string().describe("one that the pack's calls") }),
  z.strictObject({ kind: z.literal("predefined"), name: z.string().describe("one of the debugger's own") }),
  z.strictObject({ kind: z.literal("time-out"), microseconds: count, line: count.describe("of the description") }),
]);

const sequence = z.strictObject({
  device: z.string(),
  name: z.string(),
  core: z.string().optional().describe("the processor whose sequence it is, where there are several"),
  refused: z.array(z.string()).describe("functions in it that Flashproof does not have, reached or not"),
  events: z.array(sequenceEvent),
  more: count.describe("events that are not listed"),
  result: z.string().optional().describe("__Result; absent where the sequence did not come to its end"),
});

const rehearsal = z.strictObject({
  twin: z.string().nullable().describe("the chip of the twin that was programmed; null: there is none"),
  bytesProgrammed: count.optional(),
  sectorsErased: count.optional(),
  parts: z.array(z.strictObject({ bank: z.string(), ...range })).optional(),
});

const storedPack = z.strictObject({
  id: z.string(),
  version: z.string().describe("empty where the pack has none"),
  vendor: z.string(),
  format: z.string().describe("as identity has it; unreadable: the pack in the store is damaged"),
  devices: count.describe("devices and variants"),
});

/** A device of a pack in the store. */
export const storedDevice = z.strictObject({
  name: z.string(),
  vendor: z.string(),
  family: z.string(),
  core: z.string(),
  flash: count.describe("bytes that its first algorithm programs; 0: it has none"),
  pack: z.string(),
  version: z.string(),
});

/** What `pack` prints, for each of its actions. */
export const packShape = z.strictObject({
  pack: z.union([identity, z.string()]).optional().describe("find: the pack that is said to describe the device"),
  packs: z.array(storedPack).optional(),
  count: count.optional(),
  devices: z.union([z.array(z.string()), z.array(storedDevice)]).optional(),
  device: device.optional(),
  algorithm: z.strictObject(algorithm).optional(),
  checks: z.array(checked).optional(),
  refused: z
    .array(z.strictObject({ algorithm: z.string(), device: z.string(), code: z.string(), message: z.string() }))
    .optional()
    .describe("check: algorithms that can't be read or placed"),
  rehearsal: rehearsal.optional(),
  sequence: sequence.optional().describe("check --sequence: what it did on no chip"),
});
