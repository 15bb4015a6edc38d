import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makePack } from "../../../tools/make-pack.mjs";
import { Chance } from "../../support/chance.ts";
import { asText, flashedWith } from "../boards.ts";
import { describeApart } from "../judges.ts";
import { BOARD, openBench as openOpenocd } from "../openocd/bench.ts";
import { openBench } from "./bench.ts";

const CHIP = "MK24FN1M0xxx12";
const [ADDRESS, LENGTH] = [0x20000, 0x3000];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "flashproof-pyocd-pack-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describeApart("pyocd", "arm-none-eabi-gcc")("pyOCD with a pack of our own", () => {
  it("programs the K24 twin by the pack's algorithm, and OpenOCD reads the same bytes back from it", async () => {
    const bytes = new Chance(31).bytes(LENGTH);
    const [pack, file, dump] = ["own.pack", "random.bin", "dump.bin"].map((name) => join(folder, name));
    writeFileSync(pack, await makePack());
    writeFileSync(file, bytes);
    const bench = await openBench(folder, { target: CHIP, state: await flashedWith("bootloader-open.raw.bin") });
    try {
      const { code, output } = await bench.pyocd("load", "--pack", pack, "-a", `0x${ADDRESS.toString(16)}`, file);
      expect(code, output).toBe(0);
      expect(output).toContain(`programmed ${LENGTH} bytes`);
      expect(Buffer.from(bench.twin.peekFlash(ADDRESS, LENGTH)).equals(Buffer.from(bytes))).toBe(true);
    } finally {
      await bench.close();
    }
    const judge = await openOpenocd();
    try {
      await judge.ask("board", BOARD, asText(bench.twin.snapshot()));
      const read = `dump_image ${dump} ${ADDRESS} ${LENGTH}`;
      const { code, output } = await judge.openocd(["init", "reset init", read], { timeoutMs: 60_000 });
      expect(code, output).toBe(0);
      expect(readFileSync(dump).equals(Buffer.from(bytes))).toBe(true);
    } finally {
      await judge.close();
    }
  }, 150_000);
});
