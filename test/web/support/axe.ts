import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** Rules of axe that depend on the colours; the others look at the structure, which is the same in both schemes. */
const RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"];

/**
 * Leaves the first rows of each table and the first parts of each picture: a sector map has hundreds that are alike, and
 * axe needs milliseconds for each.
 */
const SHORTEN = `for (const parent of document.querySelectorAll("tbody, svg"))
  for (const child of [...parent.children].slice(24)) child.remove()`;

/**
 * What axe finds in a page as it is shown now, in the light scheme, and what of its colours in the dark one. The page is
 * shortened by that, so it comes last in a test or before another view.
 */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(SHORTEN);
  await page.emulateMedia({ colorScheme: "dark" });
  const ofColours = await axeOn(page).withRules(RULES_OF_COLOUR).analyze();
  await page.emulateMedia({ colorScheme: "light" });
  const ofAll = await axeOn(page).analyze();
  return [ofColours, ofAll].flatMap(({ violations }) =>
    violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html).join(" ")}`),
  );
}

/** A page without frames needs no second page that joins the results of each. */
const axeOn = (page: Page): AxeBuilder => new AxeBuilder({ page }).setLegacyMode(true);
