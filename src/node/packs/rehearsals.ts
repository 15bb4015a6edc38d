import { createHash } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { FlashAlgorithm } from "../../chips/flash-algorithm.ts";
import { asUnwritable } from "../files/output-target.ts";
import { writeWhole } from "../files.ts";
import { dataFolder } from "./data-folder.ts";

/** The record of one algorithm's rehearsal; another version of Flashproof may run it in another way. */
const recordOf = (env: NodeJS.ProcessEnv, algorithm: FlashAlgorithm, chip: string, version: string): string =>
  join(dataFolder(env), "rehearsed", `${digestOf(algorithm, chip, version)}.json`);

/** Everything that decides what an algorithm does on a chip. */
function digestOf(
  { name: _, device: __, rehearsal: ___, blob, ...rest }: FlashAlgorithm,
  chip: string,
  version: string,
) {
  return createHash("sha256").update(blob).update(JSON.stringify({ rest, chip, version })).digest("hex");
}

/** Whether an algorithm was rehearsed for a chip with this version of Flashproof. */
export const wasRehearsed = (
  env: NodeJS.ProcessEnv,
  algorithm: FlashAlgorithm,
  chip: string,
  version: string,
): boolean => existsSync(recordOf(env, algorithm, chip, version));

/** Keeps that an algorithm was rehearsed; throws `file-unwritable`. */
export function keepRehearsal(env: NodeJS.ProcessEnv, algorithm: FlashAlgorithm, chip: string, version: string): void {
  const path = recordOf(env, algorithm, chip, version);
  try {
    mkdirSync(join(dataFolder(env), "rehearsed"), { recursive: true });
  } catch (cause) {
    throw asUnwritable(path, cause);
  }
  writeWhole(path, `${JSON.stringify({ algorithm: algorithm.name, chip, version })}\n`);
}
