import { z } from "zod";
import { advice, count } from "./shapes.ts";
import { RESULTS } from "./results.ts";

const error = z.strictObject({
  code: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .describe("one of docs/errors.md"),
  message: z.string().min(1),
  hints: z.array(z.string()).describe("what to do, the likeliest cure first"),
  advice: advice.describe("the hints as data; a hint that belongs to no act is not among them"),
  details: z.record(z.string(), z.json()).optional(),
});

const head = (command: string) => ({
  schema: z.literal("flashproof/1"),
  tool: z.literal("flashproof"),
  version: z.string().regex(/^\d+\.\d+\.\d+/),
  command: z.literal(command),
});

const clock = z.enum(["virtual", "wall"]).optional().describe("virtual: the times are a twin's");

/** What `--json` prints for a command: its result, its result and why it is a no, or an error. */
export function outputSchema(command: string): z.ZodType {
  const result = RESULTS[command];
  return z.union([
    z.strictObject({ ...head(command), ok: z.literal(true), clock, result }),
    z.strictObject({ ...head(command), ok: z.literal(false), clock, error, result }),
    z.strictObject({ ...head(command), ok: z.literal(false), error }),
  ]);
}

/** One line of `--events ndjson`. */
export const EVENT = z.strictObject({
  t: count.describe("milliseconds on the probe's clock; a twin's is virtual"),
  phase: z.enum(["setup", "compare", "erase", "program", "verify", "restore", "read"]),
  done: count,
  total: count,
});

/** Every schema by the name of its file in docs/schema, as JSON Schema (draft 2020-12). */
export function jsonSchemas(): { readonly [name: string]: unknown } {
  const commands = Object.keys(RESULTS).map((name) => [
    name,
    schemaOf(`flashproof ${name} --json`, outputSchema(name)),
  ]);
  return Object.fromEntries([...commands, ["event", schemaOf("a line of --events ndjson", EVENT)]]);
}

/**
 * The version of every schema in docs/schema. The first number is that of `schema` in what is printed, and changes where
 * a reader of today's output would break; the second counts additions, which CHANGELOG.md lists.
 */
const SCHEMA_VERSION = "1.1";

const schemaOf = (title: string, schema: z.ZodType): unknown => ({
  title,
  version: SCHEMA_VERSION,
  ...z.toJSONSchema(schema),
});
