import { describe, expect, it } from "vitest";
import { hasJudge, requiredJudges } from "../../../tools/judges.mjs";
import { BOARDS, type BoardName, type JudgeBoard } from "./boards.ts";
import { narrowOpcodes, narrowVector } from "./generate.ts";
import { difference, judge } from "./judge.ts";
import { TwinHarness } from "./run-twin.ts";
import { BLOCK, blockHashes, expectedWords, hashOf, storedHashes, storedVectors } from "./stored.ts";

const FRESH = 2000;
/** FLASHPROOF_SEED asks something new. */
const SEED = Number(process.env["FLASHPROOF_SEED"] ?? 1);

/** QEMU and its harness's compiler: absent, these tests are skipped unless FLASHPROOF_REQUIRE names them. */
const judges = ["qemu-system-arm", "arm-none-eabi-gcc"] as const;
const runnable = judges.every((name) => hasJudge(name) || requiredJudges().includes(name));

describe.each(Object.keys(BOARDS) as BoardName[])("instructions of the %s", (name) => {
  const { profile, subset = false }: JudgeBoard = BOARDS[name];
  const twin = new TwinHarness(profile);

  it("have QEMU's results in the stored vectors", () => {
    const stored = storedVectors(name);
    const wrong = stored.map((one) => difference(one.vector, twin.run(one.vector), expectedWords(one)));
    expect(wrong.filter((text) => text !== undefined).slice(0, 5)).toEqual([]);
    expect(wrong.length).toBeGreaterThanOrEqual(1300);
  });

  it.skipIf(subset)("have QEMU's results for every 16-bit opcode", () => {
    const hashes = storedHashes(name);
    const opcodes = narrowOpcodes();
    const found = blockHashes(opcodes.map((opcode) => hashOf(twin.run(narrowVector(opcode, profile)))));
    const wrong = [...hashes.keys()].filter((n) => found[n] !== hashes[n]);
    expect(wrong.map((n) => `from ${opcodes[n * BLOCK]?.toString(16)}`)).toEqual([]);
    expect(hashes.length).toBe(found.length);
  });

  it.skipIf(!runnable)(`have QEMU's results for ${FRESH} fresh vectors, seed ${SEED}`, () => {
    const { differences, unknown } = judge(BOARDS[name], FRESH, SEED);
    expect(differences.slice(0, 5)).toEqual([]);
    expect(unknown).toEqual([]);
  });

  it("include no encoding without a model", () => {
    expect(twin.unknown).toEqual([]);
  });
});
