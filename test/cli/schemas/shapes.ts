import { z } from "zod";
import { isAct } from "../../../src/doctor/advice-acts.ts";

/** `0x0000040C`. */
export const address = z
  .string()
  .regex(/^0x[0-9A-F]{8}$/)
  .describe("an address or a register, eight digits");

/** `0x7B`. */
export const byte = z
  .string()
  .regex(/^0x[0-9A-F]{2}$/)
  .describe("one byte");

/** `0x7BFF`: bytes in memory order. */
export const bytes = z
  .string()
  .regex(/^0x([0-9A-F]{2})*$/)
  .describe("bytes in memory order");

/** What to do, as data. */
export const advice = z.array(
  z.strictObject({
    act: z
      .string()
      .regex(/^[a-z]+(-[a-z]+)*$/)
      .refine(isAct)
      .describe("one of the acts of docs/errors.md"),
    arguments: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
);

/** How many; never negative. */
export const count = z.int().min(0);

/** Milliseconds on the clock that the envelope names. */
export const milliseconds = z.number().min(0).describe("milliseconds");

/** One part of the flash configuration field in words. */
export const fieldPart = z.strictObject({
  name: z.string(),
  address,
  bits: z.string().regex(/^\d+(:\d+)?$/),
  value: z.string().regex(/^0x[0-9A-F]+$/),
  meaning: z.string(),
  sure: z.boolean().describe("false where no source confirms it"),
});

/** What an image would do that its maker may not have meant. */
export const finding = z.strictObject({
  id: z.string(),
  severity: z.enum(["brick", "lock", "warn", "info"]),
  address,
  what: z.string(),
  why: z.string(),
  remedy: z.string(),
  advice: advice.describe("the remedy as data"),
});

/** A range that stays the chip's although the file has other bytes there. */
export const keptRange = z.strictObject({
  address,
  length: count,
  differing: z.int().min(1).describe("how many of its bytes the file has otherwise"),
});

/** Where a chip's data come from. */
export const origin = z.enum(["own", "pack", "probe-rs", "user"]).describe("where the chip's data come from");

/** Present where nothing is known of a chip's locks. */
export const unknownLocks = z.string().optional().describe("present where the chip's locks are unknown to Flashproof");

/** What was run on real silicon with a chip's data. */
export const onSilicon = z
  .string()
  .nullable()
  .describe("what was run on real silicon with the chip's data, and when; null: nothing ever was");

/** A plan, as `plan`, `flash` and `erase` print it. */
export const planShape = {
  chip: z.string(),
  origin,
  onSilicon,
  locks: unknownLocks,
  security: z.enum(["refuse", "keep-open", "as-image"]),
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe("two plans with one digest do the same"),
  erase: z.enum(["auto", "sectors", "chip"]).describe("how it was to erase"),
  lockWindowMs: z
    .number()
    .nullable()
    .describe("how long a power cut within the erase of a whole bank would leave the chip locked; null: never"),
  sectors: z.array(
    z.strictObject({
      bank: z.string().describe("the id of the bank, as chips lists it"),
      address,
      action: z.enum(["unchanged", "program", "erase", "erase-program"]),
      found: z
        .enum(["as-wanted", "blank", "half-done", "unreadable", "other", "not-looked-at"])
        .describe("what stood there"),
      kept: count.describe("bytes outside the image that are written back"),
      lost: count.describe("bytes outside the image that are erased"),
    }),
  ),
  steps: count,
  ram: z
    .strictObject({ start: address, length: count })
    .nullable()
    .describe("the RAM that the loader uses; flash gives it back only with --keep-ram or --halt"),
  algorithms: z
    .array(z.strictObject({ name: z.string(), rehearsal: z.enum(["on-twin", "no-twin", "possible", "unknown"]) }))
    .optional()
    .describe("the flash algorithms of a pack that do the steps, and whether each has programmed a twin"),
  estimate: z
    .strictObject({
      compareMs: z.number(),
      eraseMs: z.number(),
      programMs: z.number(),
      verifyMs: z.number(),
      totalMs: z.number(),
    })
    .describe("by typical times of chip and link"),
  changes: z.array(z.strictObject({ address, field: z.string(), from: byte, to: byte, why: z.string() })),
  keptRanges: z.array(keptRange).describe("ranges of --keep in which the file says something else"),
  needs: z.array(
    z.strictObject({
      act: z.enum(["lock", "lock-for-ever", "near-lock"]),
      address,
      value: byte,
      why: z.string(),
      token: z
        .string()
        .regex(/^irrev-(lock-for-ever|near-lock)-[0-9a-f]{8}$/)
        .optional(),
    }),
  ),
  findings: z.array(finding),
};

/** A comparison, as `verify` and `flash` print it. */
export const verifyShape = {
  verdict: z.enum(["equal", "equal-but-declared", "different"]),
  compared: count.describe("bytes"),
  declared: z
    .array(z.union([z.strictObject({ address, field: z.string(), from: byte, to: byte }), keptRange]))
    .describe("what differs from the file as it was declared: a byte that the policy changed, or a range of --keep"),
  differences: z.array(
    z.strictObject({ address, length: count, expected: bytes, actual: bytes.nullable().describe("null: unreadable") }),
  ),
};

/** What a probe says of itself. */
export const probeShape = {
  driver: z.enum(["jlink", "cmsis-dap"]),
  product: z.string(),
  serial: z.string(),
  firmware: z.string(),
  hardware: z.string().optional(),
  licenses: z.array(z.string()),
};
