import { describe, expect, it } from "vitest";
import type { Image } from "../../../src/image/image.ts";
import { withBytes } from "../../../src/image/image-bytes.ts";
import { board, example, flashBoard, onTarget } from "../../support/board.ts";

/** What a board says on its UART in the first `ms` virtual milliseconds after it was flashed and reset. */
async function firstWords(image: Image, ms: number): Promise<readonly string[]> {
  let text = "";
  const twin = board({
    uart: (bytes) => {
      text += Buffer.from(bytes).toString("latin1");
    },
  });
  await flashBoard(twin, image);
  await onTarget(twin, async (session) => void (await session.reset("system", "run")));
  await twin.clock.sleep(ms * 1_000);
  return text.split("\r\n");
}

describe("the example firmware on the board", () => {
  it("boots: bootloader, its check of the application, the application, and its ticks", async () => {
    const words = await firstWords(example("bootloader-open.raw.bin"), 150);
    expect(words.slice(0, 4)).toEqual([
      "K24 bootloader 1.0",
      "application ok, crc F2484037",
      "application 1.0",
      "tick 1",
    ]);
  });

  it("stays in the bootloader's console when one byte of the application is another one", async () => {
    const image = example("bootloader-open.raw.bin");
    const byte = image.segments[0].bytes[0x6000];
    const words = await firstWords(withBytes(image, 0x6000, Uint8Array.of(byte ^ 1)), 150);
    expect(words[0]).toBe("K24 bootloader 1.0");
    expect(words[1]).toMatch(/^application crc [0-9A-F]{8}, expected F2484037$/);
    expect(words[2]).toContain("boot> ");
  });
});
