import { expect, it } from "vitest";
import { describeWith } from "../../clients/judges.ts";
import { builtBench } from "../support/built-bench.ts";
import { hexFile } from "../support/made-image.ts";
import { nameChip, press, to } from "../support/steps.ts";

const PATIENCE_MS = 180_000;
/** So that the image, which begins at 0x8000, ends with the flash. */
const LENGTH = 0x10_0000 - 0x8000;

/** Notes the longest time in which the page's thread came to no task of 5 ms. */
const WATCH_GAPS = `{
  let last = performance.now();
  globalThis.longestGap = 0;
  setInterval(() => {
    const now = performance.now();
    globalThis.longestGap = Math.max(globalThis.longestGap, now - last - 5);
    last = now;
  }, 5);
}`;

describeWith("chromium")("how soon the page answers in Chromium", () => {
  const bench = builtBench("response");

  it("prints its first view and the longest gap of its thread while 1 MiB is flashed, and flashes all of it", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await bench.open("#explain");
    await page.getByLabel("Image or log").waitFor();
    const view = await page.evaluate<number>("performance.getEntriesByName('first-contentful-paint')[0].startTime");
    await page.getByLabel("Image or log").setInputFiles(hexFile(false, LENGTH));
    await page.getByText("image.hex, ").first().waitFor();
    await nameChip(page);
    await to(page, "Rehearse");
    await page.evaluate(WATCH_GAPS);
    await press(page, "Flash a simulated board");
    await page.getByText("Verdict: equal").waitFor();
    const gap = await page.evaluate<number>("globalThis.longestGap");
    console.log(`first view after ${view.toFixed(0)} ms; longest gap of the page's thread ${gap.toFixed(0)} ms`);
    expect(await page.getByText(`${LENGTH + 0x102 + 16} bytes are as the file`).count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });
});
