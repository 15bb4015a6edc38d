import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { writeServiceWorker } from "../../../tools/lib/service-worker.mjs";
import { describeWith } from "../../clients/judges.ts";
import { builtBench } from "../support/built-bench.ts";

const PATIENCE_MS = 60_000;

const LOOK_FOR_NEWER = "navigator.serviceWorker.getRegistration().then((found) => found.update()).then(() => {})";
const CACHES = "caches.keys()";

describeWith("chromium")("a static copy that the browser keeps", () => {
  const bench = builtBench("kept");

  async function kept(address: string) {
    const opened = await bench.openKept(address);
    await opened.page.getByText("it works without a network").waitFor();
    return opened;
  }

  async function rehearse(page: Page): Promise<void> {
    await page.getByRole("link", { name: "Rehearse", exact: true }).click();
    await page.getByLabel("Keep the chip open").check();
    await page.getByRole("button", { name: "Flash a simulated board" }).click();
    await page.getByText("Verdict: equal-but-declared").waitFor();
  }

  it("rehearses with its server gone after the first load, and after it is loaded anew", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await kept("#example=bootloader");
    await page.locator("li.lock").first().waitFor();
    bench.server.isUp = false;
    try {
      await rehearse(page);
      await page.reload();
      await page.getByText("it works without a network").waitFor();
      await page.evaluate("location.hash = '#example=seed'");
      await page.getByText("Likely cause", { exact: true }).waitFor();
      expect(complaints).toEqual([]);
    } finally {
      bench.server.isUp = true;
      await page.context().close();
    }
  });

  it("takes a newer build after a click, not under a job and not beside another page", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await kept("#rehearse&example=bootloader");
    const [before] = await page.evaluate<readonly string[]>(CACHES);
    const second = await bench.openIn(page.context());
    appendFileSync(join(bench.folder, "licences.txt"), "\n");
    await writeServiceWorker(bench.folder);
    await page.evaluate(LOOK_FOR_NEWER);
    const load = page.getByRole("button", { name: "Load it" });
    await load.waitFor();
    await page.getByLabel("Keep the chip open").check();
    await page.getByRole("button", { name: "Flash a simulated board" }).click();
    await page.getByRole("button", { name: "Stop" }).waitFor();
    expect(await load.isDisabled()).toBe(true);
    await page.getByText("Verdict: equal-but-declared").waitFor();
    await load.click();
    await page.getByText("Close the other pages").waitFor();
    await second.page.close();
    expect(await page.evaluate(CACHES)).toContain(before);
    await load.click();
    await load.waitFor({ state: "detached" });
    await page.getByText("it works without a network").waitFor();
    await expect.poll(() => page.evaluate<readonly string[]>(CACHES)).not.toContain(before);
    expect(await page.evaluate<readonly string[]>(CACHES)).toHaveLength(1);
    expect([...complaints, ...second.complaints]).toEqual([]);
  });

  it("keeps no build of which a file is another one by its hash", { timeout: PATIENCE_MS }, async () => {
    appendFileSync(join(bench.folder, "licences.txt"), "\n");
    const { page } = await bench.openKept("");
    await page.evaluate("navigator.serviceWorker.register('./sw.js').catch(() => {})");
    const states = "navigator.serviceWorker.getRegistration().then((found) => found?.active?.state ?? 'none')";
    await expect.poll(() => page.evaluate(states)).toBe("none");
    expect(await page.getByText("it works without a network").count()).toBe(0);
    await writeServiceWorker(bench.folder);
  });
});
