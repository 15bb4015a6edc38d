import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeWith } from "../../clients/judges.ts";
import { axeViolations } from "../support/axe.ts";
import { createTwin } from "../../../src/twin/usb.ts";
import { askInNode, hostOf, InNode } from "../support/in-node.ts";
import { builtBench } from "../support/built-bench.ts";
import { fields, leavesOf } from "../support/fields.ts";
import { CHIP, flashSimulated, give, nameChip, to, widerThanPhone } from "../support/steps.ts";

const PATIENCE_MS = 120_000;
const BOOTLOADER = "examples/k24-bootloader/bootloader.hex";
const OPEN = "examples/k24-bootloader/bootloader-open.hex";
const RTT = "examples/k24-rtt/firmware.hex";

const given = (path: string) => ({
  name: path.split("/").at(-1) ?? path,
  bytes: new Uint8Array(readFileSync(resolve(path))),
});

describeWith("chromium")("the views of the page in Chromium", () => {
  const bench = builtBench("views");

  async function choose(page: Page, path: string): Promise<void> {
    await give(page, path);
    await nameChip(page);
  }

  /** A simulated board with a firmware in it. */
  async function flashed(path: string) {
    const opened = await bench.open("#connect");
    await flashSimulated(opened.page, path);
    return opened;
  }

  it("flashes a simulated board, and shows its RTT, its registers by name and a plot of its memory as it runs", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await flashed(RTT);
    await to(page, "Live");
    await page.getByLabel("Address").fill("0x20000000");
    await page.getByRole("button", { name: "Watch", exact: true }).click();
    await page.getByRole("button", { name: "Look at the target" }).click();
    await page.getByText("The core is running").or(page.getByText("The core is sleeping")).waitFor();
    await page.getByText("Control block at 0x2").waitFor();
    await page.getByRole("log", { name: "RTT, channel 0" }).getByText(/\S/).first().waitFor();
    await page.locator("svg.plot").waitFor();
    await page.getByRole("button", { name: "Halt" }).click();
    await page.getByText("The core is halted").waitFor();
    const pc = page.getByRole("row", { name: /^PC/ }).locator("code");
    await pc.waitFor();
    const at = await pc.textContent();
    expect(at).toMatch(/^0x0000[0-9A-F]{4}$/);
    await page.getByRole("button", { name: "Step" }).click();
    await expect.poll(() => pc.textContent()).not.toBe(at);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("The core's own are read while it is halted").waitFor();
    await page.getByRole("button", { name: "Stop looking" }).click();
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("reports memory that can't be read, and looks on", { timeout: PATIENCE_MS }, async () => {
    const { page, complaints } = await flashed(RTT);
    await to(page, "Live");
    await page.getByLabel("Address").fill("0x60000000");
    await page.getByRole("button", { name: "Watch", exact: true }).click();
    await page.getByRole("button", { name: "Look at the target" }).click();
    await page.getByText("0x60000000: ").first().waitFor();
    await page.getByText("Control block at 0x2").waitFor();
    expect(await page.getByRole("alert").textContent()).toBe("");
    expect(complaints).toEqual([]);
  });

  it("plays the seed: why the image is refused, both ways out, a rehearsal of each with Node's times", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await bench.open("#example=seed");
    const ways = page.locator(".ways li");
    for (const [i, security] of (["keep-open", "as-image"] as const).entries()) {
      const file = given(BOOTLOADER);
      const how = { probe: "jlink-hs", faults: "", runMs: 60 };
      const wanted = await askInNode("rehearse", { file, chip: CHIP, security, ...how });
      await ways.nth(i).getByText("Rehearsed:").waitFor();
      expect(await ways.nth(i).locator("p strong").textContent()).toBe(wanted.verdict);
      expect(await ways.nth(i).textContent()).toContain(`after ${Math.round(wanted.totalMs)} ms`);
      if (wanted.uart !== "") expect(await ways.nth(i).locator("pre").textContent()).toBe(wanted.uart);
    }
    await page.getByText("bootloader.hex is refused as it is").first().waitFor();
    expect(await widerThanPhone(page)).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("compares two images: each range with its bytes, the security field and the bank that it lies in", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await bench.open("#explain");
    await choose(page, BOOTLOADER);
    await page.getByLabel("The other image").setInputFiles(resolve(OPEN));
    await page
      .getByRole("row", { name: /0x0000040C/ })
      .first()
      .waitFor();
    const wanted = await askInNode("compare", { file: given(BOOTLOADER), other: given(OPEN), chip: CHIP });
    const rows = await page.getByRole("region", { name: "Ranges that differ" }).locator("tbody tr").allTextContents();
    expect(rows).toHaveLength(wanted.ranges.length);
    expect(rows.join("\n")).toContain("FSEC");
    await choose(page, OPEN);
    await page.getByLabel("The other image").setInputFiles(resolve(OPEN));
    await page.getByText("The images hold the same bytes").waitFor();
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("keeps a rehearsal and a failed one in the history, saves their reports, and forgets them", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await bench.open("#rehearse");
    await choose(page, BOOTLOADER);
    await page.getByRole("button", { name: "Flash a simulated board" }).click();
    await page.getByRole("alert").getByText("[consent-missing]").waitFor();
    await page.getByLabel("Keep the chip open").check();
    await page.getByRole("button", { name: "Flash a simulated board" }).click();
    await page.getByText("Verdict: equal-but-declared").waitFor();
    await to(page, "Where the time went");
    await page.locator("table.numbers tbody tr").first().waitFor();
    expect(await page.locator("svg.waterfall rect").count()).toBeGreaterThan(3);
    expect(await axeViolations(page)).toEqual([]);
    await page.reload();
    await to(page, "History");
    await page.getByText("rehearse: equal-but-declared").waitFor();
    await page.getByText("rehearse: consent-missing").waitFor();
    const saved = page.waitForEvent("download");
    await page
      .getByRole("link", { name: /^Save report/ })
      .first()
      .click();
    const report = JSON.parse(readFileSync(await (await saved).path(), "utf8"));
    expect(report).toMatchObject({
      kind: "rehearse",
      file: "bootloader.hex",
      report: { verdict: "equal-but-declared" },
    });
    expect(report.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await axeViolations(page)).toEqual([]);
    await page
      .getByRole("button", { name: /^Forget job/ })
      .first()
      .click();
    await page.getByText("rehearse: equal-but-declared").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Forget all jobs" }).click();
    await page.getByText("No job was done on this page yet").waitFor();
    expect(complaints).toEqual([]);
  });

  it("shows every field of each report, as Node has it: image, log, plan, comparison, target, differences, error", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await bench.open("#example=seed");
    const log = await askInNode("explain", { file: given("examples/seed/verify-failed.log.txt"), chip: CHIP });
    expect(await fields(page, "Every field of the report")).toEqual(leavesOf(log.json));
    const file = given(BOOTLOADER);
    await choose(page, BOOTLOADER);
    await page.locator("li.lock").first().waitFor();
    const image = await askInNode("explain", { file, chip: CHIP });
    expect(await fields(page, "Every field of the report")).toEqual(leavesOf(image.json));
    await to(page, "Plan");
    await page.getByRole("button", { name: "Make the plan" }).click();
    const plan = await askInNode("plan", { file, chip: CHIP, security: "refuse" });
    expect(await fields(page, "Every field of the plan")).toEqual(leavesOf(plan.json));
    await to(page, "Rehearse");
    await page.getByRole("button", { name: "Flash a simulated board" }).click();
    const job = { file, chip: CHIP, probe: "jlink-hs", faults: "", runMs: 1000 };
    const refusal = await askInNode("rehearse", { ...job, security: "refuse" }).then(
      () => "{}",
      (error: Error) => error.message,
    );
    expect(await fields(page, "Every field of the error")).toEqual(leavesOf(JSON.parse(refusal).error.report));
    await page.getByLabel("Keep the chip open").check();
    await page.getByRole("button", { name: "Flash a simulated board" }).click();
    const rehearsed = await askInNode("rehearse", { ...job, security: "keep-open" });
    expect(await fields(page, "Every field of the comparison")).toEqual(leavesOf(rehearsed.json));
    await to(page, "Connect");
    await page.getByRole("button", { name: "Use a simulated board" }).click();
    const node = new InNode(hostOf(createTwin({ chip: CHIP, probe: "jlink-hs" })));
    const target = await node.ask("attach", { probe: "twin", chip: CHIP, takeOver: false });
    expect(await fields(page, "Every field of what was seen")).toEqual(leavesOf(target.json));
    await choose(page, RTT);
    await to(page, "Board");
    await page.getByRole("button", { name: "Compare with this board" }).click();
    const verified = await node.ask("verify", { file: given(RTT), chip: CHIP, security: "keep-open" });
    expect(verified.json).toMatchObject({ verdict: "different", explanation: { causes: [{}] } });
    expect(await fields(page, "Every field of the comparison")).toEqual(leavesOf(verified.json));
    expect(complaints).toEqual([]);
  });

  it("forgets a device that the page was allowed to use", { timeout: PATIENCE_MS }, async () => {
    const { page, complaints } = await bench.open("#history", async (context) => {
      await context.addInitScript(ONE_DEVICE);
    });
    await page.getByRole("button", { name: "Forget 1366:0101 J-Link" }).click();
    await page.getByText("None at this browser").waitFor();
    expect(complaints).toEqual([]);
  });
});

/** A browser that has one granted device. */
const ONE_DEVICE = `{
  let devices = [{ vendorId: 0x1366, productId: 0x0101, productName: "J-Link", serialNumber: null, forget: async () => { devices = []; } }];
  Object.defineProperty(navigator, "usb", { value: Object.assign(new EventTarget(), { getDevices: async () => devices }) });
}`;
