import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { Workspace } from "../../cli/workspace.ts";
import { type Bench, openBench } from "./bench.ts";

/** pyOCD on one family's twins: a board a test, and a workspace in which our own program runs beside it. */
export interface FamilyBench {
  readonly workspace: Workspace;
  /** The folder that pyOCD works in. */
  readonly folder: string;
  /** Serves a board until the test's end. */
  open(options: Parameters<typeof openBench>[1]): Promise<Bench>;
  /** What pyOCD prints where it ends well. */
  ok(subcommand: string, ...args: readonly string[]): Promise<string>;
}

/** Makes folder and workspace before a file's tests, and ends boards, folder and workspace after them. */
export function useFamilyBench(family: string): FamilyBench {
  let folder = "";
  let bench: Bench | undefined;
  let workspace: Workspace | undefined;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), `flashproof-pyocd-${family}-`));
    workspace = new Workspace();
  });
  afterEach(async () => {
    await bench?.close();
    bench = undefined;
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
    workspace?.clear();
  });
  return {
    get workspace() {
      if (!workspace) throw new Error("the tests have not begun");
      return workspace;
    },
    get folder() {
      return folder;
    },
    open: async (options) => {
      bench = await openBench(folder, options);
      return bench;
    },
    ok: async (subcommand, ...args) => {
      if (!bench) throw new Error("no bench is open");
      const { code, output } = await bench.pyocd(subcommand, ...args);
      expect(code, output).toBe(0);
      return output;
    },
  };
}
