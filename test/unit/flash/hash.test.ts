import type { MemoryOp } from "../../../src/adi/memory.ts";
import { describe, expect, it } from "vitest";
import { equalBytes } from "../../../src/base/bytes.ts";
import { sectorsIn } from "../../../src/chips/sectors.ts";
import type { Image } from "../../../src/image/image.ts";
import { agree, checksOf, keysFrom } from "../../../src/flash/hash/checks.ts";
import { sectorGuesses } from "../../../src/flash/hash/guesses.ts";
import { type Guess, type Proof, prove } from "../../../src/flash/hash/proven-memory.ts";
import { KeptTarget } from "../../../src/flash/kept/kept-target.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { hashRunOn } from "../../../src/session/hashing.ts";
import type { Session } from "../../../src/session/session.ts";
import { board, chipOn, example, flashBoard, onTarget } from "../../support/board.ts";

const keys = keysFrom([0x12345678, 0x9abcdef0, 0x0fedcba9]);
const SECTOR = 0x1000;

/** One sector of bytes that no sum is regular on. */
const noise = (seed: number): Uint8Array =>
  Uint8Array.from({ length: SECTOR }, (_, i) => (Math.imul(i + seed, 0x9e3779b1) >>> 13) & 0xff);

/** A CRC bit by bit, least significant bit first. */
function crc(bytes: Uint8Array, polynomial: number, start: number): number {
  let value = start;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? polynomial : 0);
  }
  return value >>> 0;
}

function adler(bytes: Uint8Array): readonly number[] {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return [a, b];
}

const wordSum = (bytes: Uint8Array): number =>
  new Uint32Array(bytes.buffer).reduce((sum, word) => (sum + word) >>> 0, 0);

/** All that firmware's own checks count: CRC-16, CRC-32, CRC-32C, Adler-32, sums of bytes and words. */
const usualChecks = (bytes: Uint8Array) => [
  crc(bytes, 0xa001, 0),
  crc(bytes, 0xedb88320, 0xffffffff),
  crc(bytes, 0x82f63b78, 0xffffffff),
  adler(bytes),
  bytes.reduce((sum, byte) => sum + byte, 0),
  wordSum(bytes),
];

/** Bytes whose CRC-16, CRC-32 and CRC-32C are 0 from a start of 0: the product of the three polynomials. */
function invisible(): Uint8Array {
  const product = [0x18005n, 0x104c11db7n, 0x11edc6f41n].reduce((a, b) => {
    let sum = 0n;
    for (let i = 0n; i < 34n; i++) if ((b >> i) & 1n) sum ^= a << i;
    return sum;
  }, 1n);
  const bytes = new Uint8Array(12);
  for (let i = 0; i <= 80; i++) if ((product >> BigInt(80 - i)) & 1n) bytes[i >> 3] |= 1 << (i & 7);
  return bytes;
}

/** Two sectors that differ in four places, so that every usual check of theirs is the same. */
function twoSectors(at: number): readonly [Uint8Array, Uint8Array] {
  const pattern = invisible();
  const [one, other] = [noise(at), noise(at)];
  for (const [offset, isSet] of [
    [0, false],
    [0x20, true],
    [0x100, true],
    [0x120, false],
  ] as const) {
    one.set(isSet ? pattern : new Uint8Array(pattern.length), at + offset);
    other.set(isSet ? new Uint8Array(pattern.length) : pattern, at + offset);
  }
  return [one, other];
}

describe("the two checks", () => {
  it.each([0x0, 0x40, 0x7d0, 0xe00])(
    "distinguish two sectors that every usual check finds equal, changed from offset %i",
    (at) => {
      const [one, other] = twoSectors(at);
      expect(one).not.toEqual(other);
      expect(usualChecks(one)).toEqual(usualChecks(other));
      const range = { address: 0x4000, nonce: 7, erasedWord: 0xffffffff };
      const [a, b] = [checksOf(keys, { ...range, bytes: one }), checksOf(keys, { ...range, bytes: other })];
      expect(a.first).not.toBe(b.first);
      expect(a.second).not.toBe(b.second);
    },
  );

  it("are others at another address and in another call", () => {
    const range = { address: 0x4000, bytes: noise(1), nonce: 7, erasedWord: 0xffffffff };
    const here = checksOf(keys, range);
    expect(agree(here, checksOf(keys, { ...range, address: 0x5000 }))).toBe(false);
    expect(agree(here, checksOf(keys, { ...range, nonce: 8 }))).toBe(false);
    expect(agree(here, checksOf(keys, { ...range, bytes: noise(1) }))).toBe(true);
  });
});

/** A session on a board with the example's firmware. */
async function onFirmware<T>(work: (session: Session, image: Image) => Promise<T>): Promise<T> {
  const twin = board({ flash: "zero" });
  const image = example("bootloader-open.raw.bin");
  await flashBoard(twin, image);
  return onTarget(twin, (session) => work(session, image));
}

/** Proves guesses, and gives RAM and registers back. */
async function provedOnce(session: Session, guesses: readonly Guess[]): Promise<readonly Proof[]> {
  const kept = new KeptTarget(session.core);
  const proofs = await prove(hashRunOn(session, kept), guesses);
  await kept.giveBack({});
  return proofs;
}

const writes = (ops: readonly MemoryOp[], at: number): boolean =>
  ops.some(({ op, address }) => op === "write" && address === at);

const reads = (ops: readonly MemoryOp[], at: number): boolean =>
  ops.some(({ op, address }) => op === "read" && address === at);

describe("proving flash on the target", () => {
  it("finds each sector as it is guessed, erased, or another one", async () => {
    await onFirmware(async (session, { segments: [{ bytes }] }) => {
      const [bank] = session.chip.banks;
      const changed = bytes.slice(0x5000, 0x6000);
      changed[0xabc] ^= 0x10;
      const guesses = [
        { bank, address: 0x5000, bytes: bytes.slice(0x5000, 0x6000) },
        { bank, address: 0x5000, bytes: changed },
        { bank, address: 0x80000, bytes: noise(3) },
        { bank, address: 0x6000, bytes: bytes.slice(0x5000, 0x6000) },
      ];
      const proofs = await provedOnce(session, guesses);
      expect(proofs.map(({ holds }) => holds)).toEqual(["as-guessed", "other", "erased", "other"]);
    });
  });

  it("knows a sector that holds nothing but what keeps a blank chip open", async () => {
    await onTarget(board({ flash: "zero" }), async (session) => {
      const sectors = sectorsIn(session.chip.banks[0], { start: 0, length: 0x2000 });
      const proofs = await provedOnce(session, sectorGuesses({ segments: [] }, sectors, session.chip));
      expect(proofs.map(({ holds }) => holds)).toEqual(["as-shipped", "as-guessed"]);
      expect(proofs[0].bytes).toEqual(await session.core.memory.read(0, SECTOR, 32));
    });
  });

  it("answers nothing where the code does not run, and gives RAM and registers back", async () => {
    await onFirmware(async (session, { segments: [{ bytes }] }) => {
      const { core } = session;
      const { memory } = core;
      const [bank] = session.chip.banks;
      const { start } = session.chip.workRam[0];
      const before = await memory.read(start, SECTOR, 32);
      const run = memory.run.bind(memory);
      // `bx lr` in place of the routine, after its code was read back.
      memory.run = async (ops, io) => {
        const words = await run(ops, io);
        if (writes(ops, start + 0x200) && reads(ops, start))
          await memory.write(start + 0x24, Uint8Array.of(0x70, 0x47, 0x70, 0x47), 32, io);
        return words;
      };
      const guesses = [{ bank, address: 0x5000, bytes: bytes.slice(0x5000, 0x6000) }];
      const proofs = await provedOnce(session, guesses);
      expect(proofs.map(({ holds }) => holds)).toEqual(["unknown"]);
      expect(await memory.read(start, SECTOR, 32)).toEqual(before);
    });
  });

  it("puts its code into RAM again after a call that had no right answer, once where all have", async () => {
    await onFirmware(async (session, { segments: [{ bytes }] }) => {
      const { memory } = session.core;
      const [bank] = session.chip.banks;
      const code = session.chip.workRam[0].start + 0x24;
      const run = memory.run.bind(memory);
      let times = 0;
      memory.run = (ops, io) => {
        if (writes(ops, code)) times++;
        return run(ops, io);
      };
      const guesses = [{ bank, address: 0x5000, bytes: bytes.slice(0x5000, 0x6000) }];
      const hash = hashRunOn(session, undefined);
      const holds = async () => [(await prove(hash, guesses))[0].holds, times];
      expect([await holds(), await holds()]).toEqual([
        ["as-guessed", 1],
        ["as-guessed", 1],
      ]);
      // `bx lr` in place of the routine, as a loader's stray write would leave it.
      await memory.write(code, Uint8Array.of(0x70, 0x47, 0x70, 0x47), 32);
      expect([await holds(), await holds()]).toEqual([
        ["unknown", 1],
        ["as-guessed", 2],
      ]);
    });
  });

  it("takes no answer of an earlier call for this one", async () => {
    await onFirmware(async (session, { segments: [{ bytes }] }) => {
      const { memory } = session.core;
      const { start } = session.chip.workRam[0];
      const run = memory.run.bind(memory);
      let stale: Uint32Array | undefined;
      memory.run = async (ops, io) => {
        const now = await run(ops, io);
        // The batch with the answers.
        if (!reads(ops, start + 0x260) || reads(ops, start)) return now;
        stale ??= now;
        return stale;
      };
      const [bank] = session.chip.banks;
      const guesses = [{ bank, address: 0x5000, bytes: bytes.slice(0x5000, 0x6000) }];
      const hash = hashRunOn(session, new KeptTarget(session.core));
      expect((await prove(hash, guesses)).map(({ holds }) => holds)).toEqual(["as-guessed"]);
      expect((await prove(hash, guesses)).map(({ holds }) => holds)).toEqual(["unknown"]);
    });
  });
});

describe("a flash job that compares by hash", () => {
  const image = example("bootloader-open.raw.bin");
  const [{ bytes }] = image.segments;

  it("onto a chip as shipped leaves every byte of the image", async () => {
    const twin = board({ flash: "zero" });
    const { verify } = await flashBoard(twin, image, { verifyBy: "hash" });
    expect(verify).toMatchObject({ verdict: "equal", compared: bytes.length });
    expect(equalBytes(twin.peekFlash(0, bytes.length), bytes)).toBe(true);
  });

  it("plans the same steps as one that reads, whatever stands on the chip", async () => {
    const plans = ["hash", "read"].map(async (verifyBy) => {
      const twin = board({ flash: "zero" });
      await flashBoard(twin, example("small.hex"));
      const { plan } = await flashBoard(twin, image, { verifyBy: verifyBy as "hash" | "read" });
      return [plan.digest, plan.sectors.map(({ action, found }) => `${action} ${found}`)];
    });
    const [hash, read] = await Promise.all(plans);
    expect(hash).toEqual(read);
  });

  // The seventh command is the second section of the sector that differs.
  it.each([0.01, 0.5, 0.9])("finds a sector that was left half done, at %d of a command's time", async (point) => {
    const twin = board();
    await flashBoard(twin, image);
    const changed = {
      ...image,
      segments: [{ ...image.segments[0], bytes: bytes.map((b, i) => (i >> 12 === 8 ? b ^ 1 : b)) }],
    };
    twin.armPowerCut(7, point);
    await flashBoard(twin, changed).catch(() => {});
    const { plan, verify } = await flashBoard(twin, changed, { verifyBy: "hash" });
    expect(plan.sectors.find(({ address }) => address === 0x8000)?.found).toMatch(/half-done|unreadable/);
    expect(verify.verdict).toBe("equal");
    expect(equalBytes(twin.peekFlash(0, bytes.length), changed.segments[0].bytes)).toBe(true);
  });

  it("erases and programs the one sector that differs by a bit", async () => {
    const twin = board({ flash: "zero" });
    await flashBoard(twin, image);
    const changed = {
      ...image,
      segments: [{ ...image.segments[0], bytes: bytes.map((b, i) => (i === 0x8123 ? b ^ 1 : b)) }],
    };
    const { plan, run } = await flashBoard(twin, changed, { verifyBy: "hash" });
    expect(plan.sectors.filter(({ action }) => action !== "unchanged").map(({ address }) => address)).toEqual([0x8000]);
    expect(run.sectorsErased).toBe(1);
  });

  it("works on an nRF52, whose RAM and registers are as before", async () => {
    const twin = board({ chip: "nRF52840_xxAA", flash: "zero" });
    const chip = chipOn(twin);
    const job = { policy: "refuse", keepRest: true, permits: [], verifyBy: "hash" } as const;
    const small: Image = { format: "raw", segments: [{ name: "a", address: 0x2000, bytes: noise(5) }], symbols: [] };
    await onTarget(twin, async (session) => {
      const { verify } = await flashImage(session, { ...job, image: small });
      expect(verify.verdict).toBe("equal");
      const [bank] = chip.banks;
      const [proof] = await provedOnce(session, [{ bank, address: 0x2000, bytes: noise(5) }]);
      expect(proof.holds).toBe("as-guessed");
    });
    expect(twin.peekFlash(0x2000, SECTOR)).toEqual(noise(5));
  });
});
