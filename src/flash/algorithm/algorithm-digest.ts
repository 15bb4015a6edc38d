import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { FlashAlgorithm } from "../../chips/flash-algorithm.ts";

/** SHA-256 over everything of a flash algorithm that decides what it does, in hex: its names, and whether it was rehearsed, do not. */
export function algorithmDigest({ name: _, device: __, rehearsal: ___, blob, ...rest }: FlashAlgorithm): string {
  const facts = JSON.stringify({ blob: bytesToHex(sha256(blob)), ...rest });
  return bytesToHex(sha256(new TextEncoder().encode(facts)));
}
