import { sha256 } from "@noble/hashes/sha2.js";
import { ByteWriter, concatBytes } from "../../base/bytes.ts";
import { algorithmDigest } from "../algorithm/algorithm-digest.ts";
import type { Chip } from "../../chips/chip.ts";
import type { FlashStep } from "./steps.ts";

/**
 * SHA-256 over chip name and steps, in hex. What is hashed stays as the first released version had it, so that a plan
 * that was saved then has the same digest now: steps go in under their names of that time. Foreign flash algorithms, which it
 * did not have, go in behind them, so that a plan is not carried out by another algorithm than it was made for.
 */
export function digestOf(chip: Chip, steps: readonly FlashStep[]): string {
  const name = Uint8Array.from(chip.name, (c) => c.charCodeAt(0));
  const algorithms = new Set(steps.flatMap(({ bank: { algorithm } }) => (algorithm ? [algorithm] : [])));
  const digests = [...new Set([...algorithms].map(algorithmDigest))].map((text) => new TextEncoder().encode(text));
  const digest = sha256(concatBytes([name, ...steps.map((step) => bytesOfStep(step, chip)), ...digests]));
  return [...digest].map((b) => b.toString(16).padStart(2, "0")).join("");
}

function bytesOfStep(step: FlashStep, chip: Chip): Uint8Array {
  const writer = new ByteWriter().bytes([...hashedName(step)].map((c) => c.charCodeAt(0)));
  // The first bank's erase had no address; that of another one needs it.
  if (step.step === "erase-block") writer.u32le(step.address).u32le(step.length);
  else if (step.step !== "erase-bank") writer.u32le(step.address);
  else if (step.bank !== chip.banks[0]) writer.u32le(step.bank.start);
  if (step.step === "program") writer.bytes(step.bytes);
  else for (const { address, bytes } of step.atOnce) writer.u32le(address).bytes(bytes);
  return writer.finish();
}

/** A write of one unit was a step of its own kind, and the erase of a bank that of all banks. */
function hashedName(step: FlashStep): string {
  if (step.step === "erase-bank") return "erase-all";
  if (step.step !== "program") return step.step;
  return step.bytes.length === step.bank.write.unit ? "program-phrase" : "program-section";
}
