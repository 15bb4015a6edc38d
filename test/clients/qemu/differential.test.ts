import { describe, expect, it } from "vitest";
import { hasJudge, requiredJudges } from "../../../tools/judges.mjs";
import { narrowOpcodes, narrowVector, randomProgram } from "./generate.ts";
import { Random } from "./random.ts";
import { runInQemu } from "./run-qemu.ts";
import { TwinHarness } from "./run-twin.ts";
import { expectedWords, hashOf, storedHashes, storedVectors } from "./stored.ts";
import { type Vector, words } from "./vector.ts";

const twin = new TwinHarness();

const FRESH = 10_000;
/** FLASHPROOF_SEED asks something new. */
const SEED = Number(process.env["FLASHPROOF_SEED"] ?? 1);

/** Which words differ, in one line that names the code: enough to look the instruction up. */
function difference(vector: Vector, index: number, want: ReadonlyMap<string, number>): string | undefined {
  const got = words(twin.run(vector, index));
  const wrong = [...want].filter(([name, value]) => got.get(name) !== value);
  if (wrong.length === 0) return undefined;
  const details = wrong.map(([name, value]) => `${name} ${got.get(name)?.toString(16)}, QEMU ${value.toString(16)}`);
  return `vector ${index}, code ${Buffer.from(vector.code).toString("hex")}: ${details.join("; ")}`;
}

/** QEMU and its harness's compiler: absent, these tests are skipped unless FLASHPROOF_REQUIRE names them. */
const judges = ["qemu-system-arm", "arm-none-eabi-gcc"] as const;
const runnable = judges.every((name) => hasJudge(name) || requiredJudges().includes(name));

describe("Cortex-M4 instructions", () => {
  it("have QEMU's results in the stored vectors", () => {
    const wrong = storedVectors().map((stored, n) => difference(stored.vector, n, expectedWords(stored)));
    expect(wrong.filter((text) => text !== undefined).slice(0, 5)).toEqual([]);
    expect(wrong.length).toBeGreaterThanOrEqual(6000);
  });

  it("have QEMU's results for every 16-bit opcode", () => {
    const hashes = storedHashes();
    const opcodes = narrowOpcodes();
    const wrong = opcodes.filter((opcode, n) => hashOf(twin.run(narrowVector(opcode), n % 20_000)) !== hashes[n]);
    expect(wrong.map((opcode) => opcode.toString(16)).slice(0, 20)).toEqual([]);
    expect(hashes.length).toBe(opcodes.length);
  });

  it.skipIf(!runnable)(`have QEMU's results for ${FRESH} fresh vectors, seed ${SEED}`, () => {
    const random = new Random(SEED);
    const vectors = Array.from({ length: FRESH }, () => randomProgram(random).vector);
    const wrong = runInQemu(vectors).map((result, n) => difference(vectors[n] as Vector, n, words(result)));
    expect(wrong.filter((text) => text !== undefined).slice(0, 5)).toEqual([]);
  });

  it("include no encoding without a model", () => {
    expect(twin.unknown).toEqual([]);
  });
});
