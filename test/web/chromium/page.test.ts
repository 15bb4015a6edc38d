import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeWith } from "../../clients/judges.ts";
import { axeViolations } from "../support/axe.ts";
import { askInNode } from "../support/in-node.ts";
import { builtBench } from "../support/built-bench.ts";

const PATIENCE_MS = 120_000;

/** A blinking example of each family, as one goes about it. */
const REHEARSED = [
  ["MK24FN1M0xxx12", "examples/k24-bootloader/bootloader-open.hex"],
  ["STM32F407xG", "examples/stm32f407-blinky/firmware.hex"],
  ["nRF52840_xxAA", "examples/nrf52840-blinky/firmware.hex"],
  ["RP2040", "examples/rp2040-blinky/firmware.hex"],
] as const;

/** A row of a table, as far as it is looked at. */
interface HasCells {
  readonly cells: readonly { readonly textContent: string }[];
}

const given = (path: string) => ({
  name: path.split("/").at(-1) ?? path,
  bytes: new Uint8Array(readFileSync(resolve(path))),
});

describeWith("chromium")("the page in Chromium", () => {
  const bench = builtBench("page");

  async function choose(page: Page, path: string, chip: string): Promise<void> {
    await page.getByLabel("Image or log").setInputFiles(resolve(path));
    await page.getByRole("combobox", { name: /^Chip/ }).selectOption(chip);
  }

  const text = (page: Page, summary: string) => page.locator(`details:has(summary:text-is("${summary}")) pre`);

  /** Waits for the text of a folded block, which is there before it is shown. */
  async function lines(page: Page, summary: string): Promise<string | null> {
    await text(page, summary).waitFor({ state: "attached" });
    return text(page, summary).textContent();
  }

  it("plays the failed log of #example=seed: cause and what to do, as in Node", { timeout: PATIENCE_MS }, async () => {
    const { page, complaints } = await bench.open("#example=seed");
    await page.getByText("Likely cause", { exact: true }).waitFor();
    const file = given("examples/seed/verify-failed.log.txt");
    const wanted = await askInNode("explain", { file, chip: "MK24FN1M0xxx12" });
    expect(await page.locator("dd").allTextContents()).toEqual(Object.values(wanted.answer ?? {}));
    expect(await lines(page, "Everything, as text")).toBe(wanted.lines.join("\n"));
    expect(wanted.lines.join("\n")).toContain("0x0000040C");
    expect(complaints).toEqual([]);
  });

  it("explains a chosen image, and plans it with Node's digest", { timeout: PATIENCE_MS }, async () => {
    const { page, complaints } = await bench.open();
    const file = given("examples/k24-bootloader/bootloader.hex");
    await choose(page, "examples/k24-bootloader/bootloader.hex", "MK24FN1M0xxx12");
    await page.locator("li.lock").first().waitFor();
    const wanted = await askInNode("explain", { file, chip: "MK24FN1M0xxx12" });
    expect(await lines(page, "Everything, as text")).toBe(wanted.lines.join("\n"));
    await page.getByRole("link", { name: "Plan" }).click();
    await page.getByRole("button", { name: "Make the plan" }).click();
    await page.getByText("Needs a consent").first().waitFor();
    await page.getByLabel("Keep the chip open").check();
    await page.getByRole("button", { name: "Make the plan" }).click();
    await page.getByText("Needs a consent").first().waitFor({ state: "detached" });
    const planned = await askInNode("plan", { file, chip: "MK24FN1M0xxx12", security: "keep-open" });
    expect(await lines(page, "The plan, as text")).toBe(planned.lines.join("\n"));
    expect(await page.locator("section code").allTextContents()).toContain(planned.digest);
    expect(await page.locator(".map g").count()).toBe(planned.sectors.length);
    expect(complaints).toEqual([]);
  });

  it.each(REHEARSED)(
    "rehearses on %s with Node's times, verdict and UART text",
    { timeout: PATIENCE_MS },
    async (chip, path) => {
      const { page, complaints } = await bench.open("#rehearse");
      await choose(page, path, chip);
      await page.getByRole("button", { name: "Flash a simulated board" }).click();
      await page.getByText("Verdict").waitFor();
      const job = { file: given(path), chip, security: "refuse", probe: "jlink-hs", faults: "", runMs: 1000 } as const;
      const wanted = await askInNode("rehearse", job);
      expect(wanted.verdict).toBe("equal");
      expect(wanted.uart.length).toBeGreaterThan(10);
      expect(await page.locator("h3 + pre").textContent()).toBe(wanted.uart);
      const rows = page.locator("table.numbers tbody tr");
      await rows.first().waitFor();
      const times = await rows.evaluateAll<readonly string[], HasCells>((all) =>
        all.map(({ cells }) => `${cells[0].textContent} ${cells[1].textContent}`),
      );
      const taken = Object.entries({ ...wanted.phases, "in all": wanted.totalMs }).filter(([, ms]) => ms > 0);
      expect(times).toEqual(taken.map(([phase, ms]) => `${phase} ${ms.toFixed(1)}`));
      expect(await page.getByText("Verdict").textContent()).toContain(wanted.verdict);
      const fetched = await scriptsOf(page);
      expect(fetched.length).toBeGreaterThan(5);
      // 160 KB without what has explained the image that was chosen (sizes.test.ts).
      expect(gzipOf(fetched), fetched.join(" ")).toBeLessThan(175 * 1024);
      expect(complaints).toEqual([]);
    },
  );

  /** The scripts that the page's workers have fetched, by their files' names. */
  async function scriptsOf(page: Page): Promise<readonly string[]> {
    const names = await Promise.all(
      page
        .workers()
        .map((worker) =>
          worker.evaluate<readonly string[]>("performance.getEntriesByType('resource').map((e) => e.name)"),
        ),
    );
    const all = [...page.workers().map((worker) => worker.url()), ...names.flat()];
    return [...new Set(all.map((url) => url.split("/").at(-1) ?? ""))].filter((name) => name.endsWith(".js"));
  }

  const gzipOf = (scripts: readonly string[]): number =>
    scripts.reduce(
      (sum, name) => sum + gzipSync(readFileSync(join(bench.folder, "assets", name)), { level: 9 }).length,
      0,
    );

  it("reports a missing consent and each fault with what to do, and works on", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await bench.open("#rehearse");
    await choose(page, "examples/k24-bootloader/bootloader.hex", "MK24FN1M0xxx12");
    const flash = page.getByRole("button", { name: "Flash a simulated board" });
    await flash.click();
    await page.getByRole("alert").getByText("[consent-missing]").waitFor();
    await page.getByLabel("Keep the chip open").check();
    for (const [label, code] of [
      ["the power fails in the middle of a flash command", "dap-no-ack"],
      ["three transfers without an answer", "dap-no-ack"],
      ["the probe's cable is pulled", "usb-unplugged"],
    ] as const) {
      await page.getByLabel("What goes wrong").selectOption({ label });
      await page.getByRole("alert").locator("li").first().waitFor({ state: "detached" });
      await flash.click();
      await page.getByRole("alert").getByText(`[${code}]`).waitFor();
      expect(await page.getByRole("alert").locator("li").count()).toBeGreaterThan(0);
    }
    await page.getByLabel("What goes wrong").selectOption({ label: "none" });
    await flash.click();
    await page.getByText("Verdict: equal-but-declared").waitFor();
    expect(complaints).toEqual([]);
  });

  it("forgets a plan when the choice, the chip or the file behind it changes", { timeout: PATIENCE_MS }, async () => {
    const { page, complaints } = await bench.open("#plan&example=bootloader");
    const changes = [
      () => page.getByLabel("Keep the chip open").check(),
      () => choose(page, "examples/k24-bootloader/bootloader.hex", "MK64FN1M0xxx12"),
      () => page.getByLabel("Image or log").setInputFiles(resolve("examples/k24-bootloader/small.hex")),
    ];
    for (const change of changes) {
      await page.getByRole("button", { name: "Make the plan" }).click();
      await page.locator(".map").waitFor();
      await change();
      await page.locator(".map").waitFor({ state: "detached" });
    }
    expect(complaints).toEqual([]);
  });

  it("has no axe violations in any view, in both colour schemes", { timeout: PATIENCE_MS }, async () => {
    const { page } = await bench.open("#example=bootloader");
    await page.locator("li.lock").first().waitFor();
    for (const view of ["Explain", "Plan", "Rehearse"]) {
      await page.getByRole("link", { name: view, exact: true }).click();
      await page.getByRole("heading", { name: view, exact: true }).waitFor();
      if (view === "Plan") await page.getByRole("button", { name: "Make the plan" }).click();
      if (view === "Plan") await page.locator(".map").waitFor();
      expect([view, ...(await axeViolations(page))]).toEqual([view]);
    }
  });

  it("makes a plan by keyboard alone", { timeout: PATIENCE_MS }, async () => {
    const { page } = await bench.open("#plan&example=bootloader");
    await page.getByText("bootloader.hex,").waitFor();
    await page.getByRole("button", { name: "Make the plan", disabled: false }).waitFor();
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press("Tab");
      if (await page.evaluate<boolean>("document.activeElement?.name === 'security'")) break;
    }
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator(".map").waitFor();
    expect(await page.getByLabel("Keep the chip open").isChecked()).toBe(true);
  });
});
