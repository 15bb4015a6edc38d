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

/** What `pack` prints, for each of its actions. */
export const packShape = z.strictObject({
  pack: identity.optional(),
  count: count.optional(),
  devices: z.array(z.string()).optional(),
  device: device.optional(),
  algorithm: z.strictObject(algorithm).optional(),
});
