// Prints the sum that the RP2040's boot ROM wants over the first 252 bytes of a binary file (CRC-32 by polynomial
// 0x04C11DB7, most significant bit first, from all ones, nothing inverted).
import { readFileSync } from "node:fs";

const bytes = readFileSync(process.argv[2]).subarray(0, 252);
let sum = 0xffffffff;
for (const byte of bytes) {
  sum ^= byte << 24;
  for (let bit = 0; bit < 8; bit++) sum = (sum << 1) ^ (sum < 0 ? 0x04c11db7 : 0);
}
console.log(`0x${(sum >>> 0).toString(16).padStart(8, "0")}`);
