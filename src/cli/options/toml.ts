import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { createRequire } from "node:module";
import type * as Toml from "smol-toml";
import { HostError } from "../../base/errors.ts";
import type { Declaration } from "./declaration.ts";
import { refused, type Source } from "./kind.ts";

/** A TOML file's table. */
export interface Table {
  readonly [key: string]: unknown;
}

/** A settings file has some lines; more is a mistake, and reading it could take minutes. */
const MOST_BYTES = 0x1_0000;

/** Loaded for a file that is there: most runs have none, and the package costs each of them some milliseconds. */
const toml = (): typeof Toml => createRequire(import.meta.url)("smol-toml") as typeof Toml;

/**
 * One TOML file as a table; undefined where there is none. Throws `config-invalid` for what is no TOML, no regular
 * file, longer than 64 KiB, or can't be read.
 */
export function readTable(path: string): Table | undefined {
  const bytes = readSmall(path);
  if (!bytes) return undefined;
  try {
    return toml().parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid(path, "is not valid TOML", cause);
  }
}

/** Looked at before it is opened, because opening a device may do something; opened without waiting for a FIFO's writer. */
function readSmall(path: string): Uint8Array | undefined {
  try {
    checkSmall(statSync(path), path);
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = fstatSync(file);
      checkSmall(stat, path);
      const bytes = Buffer.alloc(stat.size);
      return bytes.subarray(0, readSync(file, bytes, 0, stat.size, 0));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    if (cause instanceof HostError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw invalid(path, "can't be read", cause);
  }
}

function checkSmall(stat: Stats, path: string): void {
  if (!stat.isFile()) throw invalid(path, "is no regular file");
  if (stat.size > MOST_BYTES) throw invalid(path, `is longer than ${MOST_BYTES / 1024} KiB`);
}

const invalid = (path: string, what: string, cause?: unknown): HostError =>
  new HostError("config-invalid", `The settings file ${path} ${what}`, { details: { path }, cause });

/** The texts of a key's value: one, or each of a list where the option may be given again. Throws for another type. */
export function textsOf(
  value: unknown,
  { kind, form }: Pick<Declaration<unknown>, "kind" | "form">,
  source: Source,
): readonly string[] {
  const values = form === "many" && Array.isArray(value) ? value : [value];
  return values.map((one: unknown) => {
    if (typeof one === "string") return one;
    if (typeof one === "number" && kind.toml !== undefined) return String(one);
    if (typeof one === "boolean" && kind.toml === "boolean") return String(one);
    throw refused(
      source,
      `${source.name} takes ${kind.takes}${kind.toml === undefined ? ", in quotes" : ""}, not ${typeName(one)}`,
    );
  });
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a table or a date";
  return `a ${typeof value}`;
}
