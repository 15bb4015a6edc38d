import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import type { Twin } from "../../../src/twin/usb.ts";
import { hexFile } from "../../web/support/made-image.ts";
import type { Check } from "../check.ts";

/** A board on the guest's bus. */
export interface WebBoard {
  /** What the product's name has. */
  readonly name: string;
  readonly serial: string;
  readonly twin: Twin;
}

const CHIP = "MK24FN1M0xxx12";

/** Where the image has its data, and how many bytes: few, because a round trip takes the guest 60 ms. */
const DATA = 0x8000;
const LENGTH = 0x400;

/** What a page of the guest's browser does with the boards, each seen by the twin behind it; one step has so long. */
export async function flows(
  browser: Browser,
  url: string,
  boards: readonly WebBoard[],
  stepMs: number,
): Promise<readonly Check[]> {
  const context = browser.contexts()[0] ?? (await browser.newContext());
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(stepMs);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  const image = hexFile(false, LENGTH);
  return [
    {
      title: "Chromium shows the probes that its policy grants, without a chooser",
      run: async () => {
        await page.goto(`${url}#connect`, { waitUntil: "commit" });
        await page.getByLabel("Image or log").setInputFiles(image);
        await page.getByRole("combobox", { name: /^Chip/ }).selectOption(CHIP);
        for (const { serial } of boards) await connectButton(page, serial).waitFor();
      },
    },
    ...boards.map((board) => ({
      title: `Chromium flashes a ${board.name} by WebUSB, and the board holds the image`,
      run: () => flash(page, board),
    })),
    {
      title: "the page reported no error of its own",
      run: () => assert.deepEqual(complaints, []),
    },
  ];
}

const connectButton = (page: Page, serial: string) =>
  page.getByRole("button", { name: new RegExp(`^Connect to .*${serial}`) });

async function flash(page: Page, { serial, twin }: WebBoard): Promise<void> {
  await page.getByRole("link", { name: "Connect", exact: true }).click();
  await connectButton(page, serial).click();
  await page.getByText(`${serial}, ${CHIP}`).or(page.getByRole("alert").locator("li").first()).waitFor();
  assert.equal(await page.getByRole("alert").textContent(), "");
  await page.getByRole("link", { name: "Board", exact: true }).click();
  await page.getByRole("button", { name: "Plan against this board" }).click();
  await page.getByRole("button", { name: "Flash this board", disabled: false }).click();
  await page.getByText("Verdict: equal").or(page.getByRole("alert").locator("li").first()).waitFor();
  assert.equal(await page.getByRole("alert").textContent(), "");
  const wanted = Array.from({ length: LENGTH }, (_, i) => (i * 7) & 0xff);
  assert.deepEqual([...twin.peekFlash(DATA, LENGTH)], wanted);
  await page.getByRole("link", { name: "Connect", exact: true }).click();
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByText("Nothing was reset").waitFor({ state: "detached" });
}
