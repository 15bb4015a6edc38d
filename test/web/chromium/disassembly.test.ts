import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { disassembleAround } from "../../../src/cortex/disasm.ts";
import { MachineHost } from "../../../src/web/machine/machine-host.ts";
import { serveUi } from "../../../src/web/machine/ui-server.ts";
import { DISASSEMBLER_POLICY, PAGE_POLICY } from "../../../src/web/policy.ts";
import { describeWith } from "../../clients/judges.ts";
import { axeViolations } from "../support/axe.ts";
import { builtBench } from "../support/built-bench.ts";
import { askInNode } from "../support/in-node.ts";
import { alert, CHIP, flashBoard, flashSimulated, give, nameChip, press, to } from "../support/steps.ts";

const PATIENCE_MS = 120_000;
const RTT = "examples/k24-rtt/firmware.hex";
const BEGINNING = "Instructions where the program begins";

/** A row of the table: address, bytes, instruction. */
interface CodeRow {
  readonly cells: readonly { readonly textContent: string }[];
}

describeWith("chromium")("the page's disassembler, in Chromium", () => {
  const bench = builtBench("disassembly");

  const table = (page: Page) => page.getByRole("region", { name: "Instructions", exact: true });

  /** Address, bytes and instruction of each row. */
  async function rows(page: Page): Promise<readonly (readonly string[])[]> {
    await table(page).locator("tbody tr").first().waitFor();
    return table(page)
      .locator("tbody tr")
      .evaluateAll<readonly (readonly string[])[], CodeRow>((all) =>
        all.map(({ cells }) => [0, 1, 2].map((i) => cells[i].textContent.trim().replace(/ PC$/, ""))),
      );
  }

  /** What Node decodes out of the bytes that rows show. */
  async function inNode(shown: readonly (readonly string[])[]): Promise<readonly (readonly string[])[]> {
    const bytes = Uint8Array.from(
      shown.flatMap(([, text]) => text.split(" ").map((byte) => Number.parseInt(byte, 16))),
    );
    const start = Number(shown[0][0]);
    const found = await disassembleAround({ start, bytes, at: start });
    return found.map(({ address, text }, i) => [hex(address), shown[i][1], text]);
  }

  const hex = (address: number) => `0x${address.toString(16).toUpperCase().padStart(8, "0")}`;

  /** Halts the target, and opens the instructions around PC by keyboard. */
  async function haltAndOpen(page: Page): Promise<void> {
    await to(page, "Live");
    await press(page, "Look at the target");
    await press(page, "Halt");
    await page.getByText("The core is halted").waitFor();
    await page.getByText("Instructions around PC").focus();
    await page.keyboard.press("Enter");
    await table(page).getByText("PC", { exact: true }).waitFor();
  }

  it("shows the instructions around PC of a halted core, as Node decodes them, and the next one after a step", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await bench.open("#connect");
    await flashSimulated(page, RTT);
    await haltAndOpen(page);
    const pc = (await page.getByRole("row", { name: /^PC/ }).locator("code").textContent()) ?? "";
    expect(await table(page).locator("tr[aria-current=true] th").textContent()).toBe(pc);
    const shown = await rows(page);
    expect(shown.length).toBeGreaterThan(10);
    expect(Number(shown[0][0])).toBeLessThan(Number(pc));
    expect(shown).toEqual(await inNode(shown));
    await press(page, "Step");
    await expect.poll(() => table(page).locator("tr[aria-current=true] th").textContent()).not.toBe(pc);
    await press(page, "Stop looking");
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("shows where an image's program begins, and bytes that were read from a board, as instructions", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await bench.open("#connect");
    await flashSimulated(page, RTT);
    await page.getByLabel("Address").fill("0x00000410");
    await page.getByLabel("Bytes").fill("32");
    await press(page, "Read memory");
    await page.getByText("These bytes as instructions").click();
    const read = await rows(page);
    expect(read[0][0]).toBe("0x00000410");
    expect(read).toEqual(await inNode(read));
    await to(page, "Explain");
    await page.getByText(BEGINNING).click();
    const file = { name: "firmware.hex", bytes: new Uint8Array(readFileSync(resolve(RTT))) };
    const { entry } = await askInNode("explain", { file, chip: CHIP });
    const shown = await rows(page);
    expect(entry?.at).toBe(Number(shown[0][0]));
    expect(shown).toEqual(await inNode(shown));
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("works on the page of flashproof ui, whose other files keep the policy that forbids WebAssembly", {
    timeout: PATIENCE_MS,
  }, async () => {
    const server = await serveUi({ folder: bench.folder, port: 0, host: new MachineHost(`twin:${CHIP},flash=zero`) });
    try {
      const { page, complaints } = await bench.open(`${server.url}&connect`);
      const policies = new Map<string, string | undefined>();
      page.on("response", (response) => {
        policies.set(new URL(response.url()).pathname, response.headers()["content-security-policy"]);
      });
      await page.reload();
      await give(page, RTT);
      await nameChip(page);
      await page.getByRole("button", { name: /^Connect to/ }).click();
      await flashBoard(page);
      await page.getByText("Verdict: equal").waitFor();
      await haltAndOpen(page);
      const own = [...policies].filter(([path]) => path.startsWith("/assets/disassembler-"));
      expect(own.map(([, policy]) => policy)).toEqual([DISASSEMBLER_POLICY]);
      const others = [...policies].filter(([path]) => !path.startsWith("/assets/disassembler-"));
      expect(others.length).toBeGreaterThan(10);
      expect(new Set(others.map(([, policy]) => policy))).toEqual(new Set([PAGE_POLICY]));
      expect(complaints).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it("reports what to do where a server's policy forbids it, and works once that is mended", {
    timeout: PATIENCE_MS,
  }, async () => {
    bench.server.policy = PAGE_POLICY;
    try {
      const { page } = await bench.open("#explain&example=bootloader");
      await page.getByText(BEGINNING).click();
      await alert(page, "disassembler-unavailable").waitFor();
      expect(await page.getByRole("alert").locator("li").allTextContents()).toEqual([
        expect.stringContaining("Load the page once more"),
        expect.stringContaining("'wasm-unsafe-eval'"),
      ]);
      bench.server.policy = undefined;
      await page.getByText(BEGINNING).click();
      await page.getByText(BEGINNING).click();
      expect((await rows(page)).length).toBeGreaterThan(5);
    } finally {
      bench.server.policy = undefined;
    }
  });

  it("works without a network after its first use, and reports what to do before that", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page } = await bench.openKept("#explain&example=bootloader");
    await page.getByText("it works without a network").waitFor();
    // The server's policy is the strict one: the browser's copy has the disassembler's own.
    bench.server.policy = PAGE_POLICY;
    bench.server.isUp = false;
    try {
      await page.getByText(BEGINNING).click();
      await alert(page, "disassembler-unavailable").waitFor();
      bench.server.isUp = true;
      await page.getByText(BEGINNING).click();
      await page.getByText(BEGINNING).click();
      const shown = await rows(page);
      bench.server.isUp = false;
      await page.reload();
      await page.getByText(BEGINNING).click();
      expect(await rows(page)).toEqual(shown);
    } finally {
      Object.assign(bench.server, { isUp: true, policy: undefined });
      await page.context().close();
    }
  });
});
