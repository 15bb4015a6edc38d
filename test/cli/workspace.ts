import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "vitest";
import { main } from "../../src/cli/main.ts";
import type { Terminal } from "../../src/cli/output.ts";
import { outputSchema } from "./schemas/envelope.ts";

/** The chip of the examples. */
export const CHIP = "MK24FN1M0xxx12";

/** A file of the example firmware. */
export const example = (name: string): string => resolve("examples/k24-bootloader", name);

/** What one call of the program did. */
export interface Run {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** A result whose shape its schema has vouched for; a test looks at a field or two of it. */
export interface Facts {
  readonly [key: string]: Facts;
}

/** What `--json` printed, checked against the command's schema. */
export interface JsonRun extends Run {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string; readonly hints: readonly string[] };
  readonly details: { readonly [key: string]: unknown };
  readonly result: Facts;
}

/** A workspace of its own for a test: a folder, boards in state files, and the program with a captured terminal. */
export class Workspace {
  readonly folder = mkdtempSync(join(tmpdir(), "flashproof-test-"));
  /** What the next calls find instead of the usual terminal. */
  terminal: Partial<Terminal> = {};

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, bytes: Uint8Array | string): string {
    writeFileSync(this.path(name), bytes);
    return this.path(name);
  }

  bytes(name: string): Uint8Array {
    return new Uint8Array(readFileSync(this.path(name)));
  }

  has(name: string): boolean {
    return existsSync(this.path(name));
  }

  /** A selector of the board that lives in this state file. */
  twin(name = "board.k24", keys = ""): string {
    return `twin:${CHIP},state=${this.path(name)}${keys}`;
  }

  /** `--chip` and `--probe` for that board. */
  board(name = "board.k24", keys = ""): readonly string[] {
    return ["--chip", CHIP, "--probe", this.twin(name, keys)];
  }

  copy(from: string, to: string): void {
    copyFileSync(this.path(from), this.path(to));
  }

  async fp(...argv: readonly string[]): Promise<Run> {
    const printed = { out: [] as string[], err: [] as string[] };
    const exit = await main(argv, {
      out: (text) => void printed.out.push(text),
      err: (text) => void printed.err.push(text),
      errIsTerminal: false,
      inIsTerminal: false,
      env: { HOME: this.folder, XDG_CONFIG_HOME: this.folder },
      folder: this.folder,
      ...this.terminal,
    });
    return { exit, out: printed.out.join(""), err: printed.err.join("") };
  }

  /** The same with `--json`: exactly one object on stdout, which keeps to its schema and to the exit code. */
  async json(verb: string, ...argv: readonly string[]): Promise<JsonRun> {
    const run = await this.fp(verb, ...argv, "--json");
    const printed = JSON.parse(run.out) as {
      ok: boolean;
      error?: JsonRun["error"] & { details?: object };
      result?: Facts;
    };
    const checked = outputSchema(verb).safeParse(printed);
    expect(checked.error?.issues ?? [], run.out.slice(0, 500)).toEqual([]);
    expect(printed.ok).toBe(run.exit === 0);
    const details = (printed.error?.details ?? {}) as { readonly [key: string]: unknown };
    return {
      ...run,
      ok: printed.ok,
      ...(printed.error ? { error: printed.error } : {}),
      details,
      result: printed.result ?? {},
    };
  }

  /** What stands on a board, read by the program itself. */
  async memory(range: string, ...board: readonly string[]): Promise<Uint8Array> {
    const run = await this.fp("read", range, "-o", this.path("memory.bin"), ...board);
    expect(run.err + run.out).not.toContain("error");
    expect(run.exit).toBe(0);
    return this.bytes("memory.bin");
  }

  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The example's bootloader with another byte at an address. */
export function bootloaderWith(address: number, value: number): Uint8Array {
  const bytes = new Uint8Array(readFileSync(example("bootloader.raw.bin")));
  bytes[address] = value;
  return bytes;
}
