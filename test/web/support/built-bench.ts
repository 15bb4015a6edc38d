import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { buildPage } from "../../../tools/web.mjs";
import { openPageBench, type PageBench } from "./page-bench.ts";

/** The page as built, and Chromium with a plain file server for it. */
export interface BuiltBench extends Pick<PageBench, "open" | "openIn" | "openKept" | "server" | "url"> {
  readonly folder: string;
}

const PATIENCE_MS = 120_000;

/** Builds the page before the tests of a block, opens Chromium, and removes both afterwards. */
export function builtBench(name: string): BuiltBench {
  let folder = "";
  let bench: PageBench | undefined;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), `flashproof-${name}-`));
    await buildPage(folder);
    bench = await openPageBench(folder);
  }, PATIENCE_MS);
  afterAll(async () => {
    await bench?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const opened = (): PageBench => {
    if (!bench) throw new Error("The page's bench is not open yet");
    return bench;
  };
  return {
    get folder() {
      return folder;
    },
    get server() {
      return opened().server;
    },
    get url() {
      return opened().url;
    },
    open: (address, prepare) => opened().open(address, prepare),
    openIn: (context, address) => opened().openIn(context, address),
    openKept: (address) => opened().openKept(address),
  };
}
