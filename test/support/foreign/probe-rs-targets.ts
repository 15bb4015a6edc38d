import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { probeRsPack } from "../../../src/packs/probe-rs/probe-rs-pack.ts";
import type { Pack } from "../../../src/packs/pack.ts";

/**
 * The folder with the target files of the Rust crate probe-rs, where cargo has unpacked it (`cargo info probe-rs` does);
 * undefined where it is not there.
 */
export function probeRsTargets(): string | undefined {
  const sources = join(process.env["CARGO_HOME"] ?? join(homedir(), ".cargo"), "registry", "src");
  if (!existsSync(sources)) return undefined;
  return readdirSync(sources)
    .flatMap((index) => readdirSync(join(sources, index)).map((name) => join(sources, index, name, "targets")))
    .find((folder) => /probe-rs-\d[^/\\]*[/\\]targets$/.test(folder) && existsSync(folder));
}

/** A target file as a pack. */
export const targetFile = (folder: string, name: string): Pack =>
  probeRsPack(new Uint8Array(readFileSync(join(folder, name))));
