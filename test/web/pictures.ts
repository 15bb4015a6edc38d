import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { buildPage } from "../../tools/web.mjs";
import { packBytes } from "../support/made-packs.ts";
import { serveFolder } from "./support/file-server.ts";

// `npm run web:pictures [-- FOLDER]`: a picture of each view of the page at three sizes, and five of them into docs/pictures.

/** The sizes of the screens, in the browser's pixels. */
const SIZES = {
  phone: { width: 390, height: 844 },
  laptop: { width: 1100, height: 800 },
  large: { width: 2560, height: 1440 },
} as const;

const CHIP = "MK24FN1M0xxx12";
const SLOW_MS = 120_000;

/** What `fp profile --json` prints, with figures that were made up. */
const PROFILE = {
  ...{ schema: "flashproof/1", tool: "flashproof", version: "0.1.0", command: "profile", ok: true, clock: "virtual" },
  result: {
    ...{ samples: 1000, everyCycles: 1024 },
    functions: [
      { name: "crc32_update", file: "crc.c", start: "0x00001234", samples: 612, percent: 61.2 },
      { name: "flash_read", file: "flash.c", start: "0x00002100", samples: 231, percent: 23.1 },
      { name: "uart_send", file: "uart.c", start: "0x00002A00", samples: 107, percent: 10.7 },
      { name: "(asleep)", file: null, start: null, samples: 50, percent: 5 },
    ],
  },
};

/** Gives a file that exists in memory only. */
async function give(page: Page, file: Parameters<ReturnType<Page["getByLabel"]>["setInputFiles"]>[0]): Promise<void> {
  await to(page, "Explain");
  await page.getByLabel("Image or log").setInputFiles(file);
}

const to = (page: Page, view: string) => page.getByRole("link", { name: view, exact: true }).click();
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true, disabled: false }).click();

/** How each view is brought to where it shows something, from an address on; one view goes on from the one before. */
const VIEWS: readonly (readonly [name: string, show: (page: Page) => Promise<void>])[] = [
  [
    "explain",
    async (page) => {
      await page.evaluate("location.hash = '#explain&example=seed'");
      await page.locator(".ways li").nth(1).getByText("Rehearsed:").waitFor();
    },
  ],
  [
    "compare",
    async (page) => {
      await page.evaluate("location.hash = '#explain&example=bootloader'");
      await page.getByLabel("The other image").setInputFiles(resolve("examples/k24-bootloader/bootloader-open.hex"));
      await page
        .getByRole("row", { name: /0x0000040C/ })
        .first()
        .waitFor();
    },
  ],
  [
    "plan",
    async (page) => {
      await to(page, "Plan");
      await page.getByLabel("Keep the chip open").check();
      await press(page, "Make the plan");
      await page.locator(".map").waitFor();
    },
  ],
  [
    "rehearse",
    async (page) => {
      await to(page, "Rehearse");
      await press(page, "Flash a simulated board");
      await page.locator("table.numbers").waitFor();
    },
  ],
  [
    "time",
    async (page) => {
      await to(page, "Where the time went");
      await page.locator("table.numbers").waitFor();
    },
  ],
  [
    "connect",
    async (page) => {
      await page.getByLabel("Image or log").setInputFiles(resolve("examples/k24-rtt/firmware.hex"));
      await page.getByText("firmware.hex, ").waitFor();
      await page.getByRole("combobox", { name: /^Chip/ }).selectOption(CHIP);
      await to(page, "Connect");
      await press(page, "Use a simulated board");
      await page.getByText("Nothing was reset").waitFor();
    },
  ],
  [
    "board",
    async (page) => {
      await to(page, "Board");
      await press(page, "Compare with this board");
      await page.getByText("Verdict: different").waitFor();
      await press(page, "Plan against this board");
      await press(page, "Flash this board");
      await page.getByText("Verdict: equal").waitFor();
    },
  ],
  [
    "live",
    async (page) => {
      await to(page, "Live");
      await page.getByLabel("Address").fill("0x20005040");
      await press(page, "Watch");
      await press(page, "Look at the target");
      await page.locator("svg.plot").waitFor();
      await page.getByText("Control block at 0x2").waitFor();
      await press(page, "Halt");
      await page.getByRole("row", { name: /^PC/ }).waitFor();
      await page.getByText("Instructions around PC").click();
      await page.getByRole("region", { name: "Instructions", exact: true }).getByText("PC", { exact: true }).waitFor();
    },
  ],
  [
    "pack",
    async (page) => {
      const buffer = Buffer.from(await packBytes("Two_DFP", "1.2.3", ["A-CHIP", "B-CHIP"]));
      await give(page, { name: "Made.Two_DFP.1.2.3.pack", mimeType: "", buffer });
      await page.getByLabel("Device").selectOption("B-CHIP");
      await page.getByRole("region", { name: "algorithms" }).waitFor();
    },
  ],
  [
    "profile",
    async (page) => {
      await give(page, { name: "profile.json", mimeType: "", buffer: Buffer.from(JSON.stringify(PROFILE)) });
      await page.locator("svg.flame").waitFor();
    },
  ],
  [
    "history",
    async (page) => {
      await to(page, "History");
      await page.getByText("flash: equal").first().waitFor();
    },
  ],
];

/** Those of docs and README, at the size of a laptop. */
const IN_DOCS: readonly string[] = ["explain", "plan", "rehearse", "board", "live"];

async function pictures(browser: Browser, url: string, folder: string): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES)) {
    const colorScheme = size === "large" ? "dark" : "light";
    const context = await browser.newContext({ viewport, colorScheme, serviceWorkers: "block" });
    const page = await context.newPage();
    page.setDefaultTimeout(SLOW_MS);
    await page.goto(url);
    for (const [name, show] of VIEWS) {
      await show(page);
      await page.evaluate("scrollTo(0, 0)");
      await page.screenshot({ path: join(folder, `${name}-${size}.png`), fullPage: size !== "laptop" });
      if (size === "laptop" && IN_DOCS.includes(name))
        await page.screenshot({ path: resolve("docs", "pictures", `${name}.png`), fullPage: name === "explain" });
      console.log(`${name}-${size}.png`);
    }
    await context.close();
  }
}

const [given] = process.argv.slice(2);
const folder = given ?? mkdtempSync(join(tmpdir(), "flashproof-pictures-"));
mkdirSync(folder, { recursive: true });
const built = mkdtempSync(join(tmpdir(), "flashproof-page-"));
await buildPage(built);
const server = await serveFolder(built);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  await pictures(browser, server.url, folder);
  console.log(`pictures are in ${folder}`);
} finally {
  await browser.close();
  await server.close();
  rmSync(built, { recursive: true });
}
