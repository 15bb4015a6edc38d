import { resolve } from "node:path";
import type { Page } from "playwright-core";

// What one does by hand on the page.

/** A phone's width, in pixels of CSS. */
const PHONE = 390;

/** The chip of most flows. */
export const CHIP = "MK24FN1M0xxx12";

/** Goes to a view. */
export const to = (page: Page, view: string) => page.getByRole("link", { name: view, exact: true }).click();

/** Presses a button once it may be pressed. */
export const press = (page: Page, name: string) =>
  page.getByRole("button", { name, exact: true, disabled: false }).click();

/** The error of a code. */
export const alert = (page: Page, code: string) => page.getByRole("alert").getByText(`[${code}]`);

/** Chooses a file, which is read before another choice: under a job it would not be taken. */
export async function give(page: Page, path: string): Promise<void> {
  await page.getByLabel("Image or log").setInputFiles(resolve(path));
  await page
    .getByText(`${path.split("/").at(-1)}, `)
    .first()
    .waitFor();
}

/** Names the chip. */
export const nameChip = (page: Page, chip = CHIP) => page.getByRole("combobox", { name: /^Chip/ }).selectOption(chip);

/** How much wider than a phone's screen the page is there, in pixels. */
export async function widerThanPhone(page: Page): Promise<number> {
  await page.setViewportSize({ width: PHONE, height: 844 });
  return (await page.evaluate<number>("document.documentElement.scrollWidth")) - PHONE;
}

/** Flashes the connected board with the file that is given. */
export async function flashBoard(page: Page): Promise<void> {
  await to(page, "Board");
  await press(page, "Plan against this board");
  await press(page, "Flash this board");
}

/** Chooses a firmware and its chip, and has a simulated board of it flashed. */
export async function flashSimulated(page: Page, path: string): Promise<void> {
  await give(page, path);
  await nameChip(page);
  await to(page, "Connect");
  await press(page, "Use a simulated board");
  await page.getByText("Nothing was reset").waitFor();
  await flashBoard(page);
  await page.getByText("Verdict: equal").waitFor();
}
