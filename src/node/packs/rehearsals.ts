import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Chip } from "../../chips/chip.ts";
import type { FlashAlgorithm } from "../../chips/flash-algorithm.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import { algorithmDigest } from "../../flash/algorithm/algorithm-digest.ts";
import { asUnwritable } from "../files/output-target.ts";
import { readWhole, writeWhole } from "../files.ts";
import { dataFolder } from "./data-folder.ts";

/** A bank of a chip, and the foreign algorithm that erases and programs it. */
export interface RehearsedBank {
  readonly chip: Chip;
  readonly bank: FlashBank;
  readonly algorithm: FlashAlgorithm;
  /** Flashproof's own: another version may run an algorithm in another way. */
  readonly version: string;
}

/** Everything that decides what an algorithm does to a bank: itself, where it is placed in RAM, the core, and the sectors. */
function textOf({ chip, bank, algorithm, version }: RehearsedBank): string {
  const { name, cores, workRam } = chip;
  const { id, start, length, sectors, erased, write } = bank;
  const facts = { algorithm: algorithmDigest(algorithm), version, chip: { name, core: cores[0].type, workRam } };
  return `${JSON.stringify({ ...facts, bank: { id, start, length, sectors, erased, write } })}\n`;
}

/** The record of one bank's rehearsal. */
function recordOf(env: NodeJS.ProcessEnv, text: string): string {
  return join(dataFolder(env), "rehearsed", `${createHash("sha256").update(text).digest("hex")}.json`);
}

/** Whether a bank was rehearsed just as it is now: a record that can't be read, or has other words, is none. */
export function wasRehearsed(env: NodeJS.ProcessEnv, rehearsed: RehearsedBank): boolean {
  const text = textOf(rehearsed);
  try {
    return new TextDecoder().decode(readWhole(recordOf(env, text), { only: "file" })) === text;
  } catch {
    return false;
  }
}

/** Keeps that a bank was rehearsed; throws `file-unwritable`. */
export function keepRehearsal(env: NodeJS.ProcessEnv, rehearsed: RehearsedBank): void {
  const text = textOf(rehearsed);
  const path = recordOf(env, text);
  try {
    mkdirSync(join(dataFolder(env), "rehearsed"), { recursive: true });
  } catch (cause) {
    throw asUnwritable(path, cause);
  }
  writeWhole(path, text);
}
