import { describe, expect, it } from "vitest";
import { buildImage } from "../../../../src/image/build-image.ts";
import type { Image } from "../../../../src/image/image.ts";
import { type FlashJob, flashImage } from "../../../../src/session/flash-job.ts";
import type { Session } from "../../../../src/session/session.ts";
import { Chance } from "../../../support/chance.ts";
import { onTarget, programmedBoard } from "../../../support/board.ts";

const SECTOR = 0x5000;
const LENGTH = 0x8000;
const RAM = 0x20000000;
const imageOf = (bytes: Uint8Array) =>
  buildImage({ format: "raw", segments: [{ name: "image", address: SECTOR, bytes }] });

const before = imageOf(new Chance(1).bytes(LENGTH));
/** The image that stands on the chip, with one byte changed. */
const changed = imageOf(before.segments[0].bytes.map((byte, i) => (i === 0x1010 ? byte ^ 0xff : byte)));
/** The image with every byte changed. */
const other = imageOf(before.segments[0].bytes.map((byte) => byte ^ 0xff));
const programmed = () => programmedBoard(before, { flash: "zero" });
const plain = { image: changed, policy: "refuse", permits: [], keepRest: true } as const;

/** Counts the bytes of the image's range that are read. */
function bytesRead({ core: { memory } }: Session): () => number {
  const read = memory.read.bind(memory);
  let total = 0;
  memory.read = (start, count, width, io) => {
    total += Math.max(0, Math.min(start + count, SECTOR + LENGTH) - Math.max(start, SECTOR));
    return read(start, count, width, io);
  };
  return () => total;
}

describe("what proves the bytes of a flash job", () => {
  it.each<[string, Partial<FlashJob>, number]>([
    ["reads every byte before and after it", { verifyBy: "read" }, 2 * LENGTH],
    ["reads every byte before and after it, by the debug port", { verifyBy: "read", loader: "direct" }, 2 * LENGTH],
    ["reads every byte before and after it, by the debug port alone", { loader: "direct" }, 2 * LENGTH],
  ])("%s", async (_, job, least) => {
    const { count, verdict } = await onTarget(await programmed(), async (session) => {
      const read = bytesRead(session);
      const { verify } = await flashImage(session, { ...plain, ...job });
      return { count: read(), verdict: verify.verdict };
    });
    expect(verdict).toBe("equal");
    expect(count).toBeGreaterThanOrEqual(least);
  });

  it.each([
    ["one byte", changed],
    ["every byte", other],
  ])("reads less than the image where checks on the chip prove it, with %s changed", async (_, image) => {
    const count = await onTarget(await programmed(), async (session) => {
      const read = bytesRead(session);
      await flashImage(session, { ...plain, image });
      return read();
    });
    expect(count).toBeLessThan(LENGTH);
  });

  it.each<[string, Partial<FlashJob>]>([
    ["by checks", {}],
    ["by reading", { verifyBy: "read" }],
  ])("leaves RAM alone in a job by the debug port, %s, even where RAM need not be kept", async (_, job) => {
    const pattern = new Chance(2).bytes(0x1000);
    const after = await onTarget(await programmed(), async (session) => {
      await session.core.memory.write(RAM, pattern, 32);
      await flashImage(session, { ...plain, loader: "direct", reset: false, keepRam: false, ...job });
      return session.core.memory.read(RAM, pattern.length, 32);
    });
    expect(after).toEqual(pattern);
  });

  it("is counted after a job for the sectors only that it has changed", async () => {
    const verifyMs = async (image: Image) => {
      const { phases } = await onTarget(await programmed(), (session) => flashImage(session, { ...plain, image }));
      return phases.verify;
    };
    expect(await verifyMs(changed)).toBeLessThan(0.8 * (await verifyMs(other)));
  });
});
