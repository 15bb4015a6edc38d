import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { MachineHost } from "../../../src/web/machine/machine-host.ts";
import { serveUi, type UiServer } from "../../../src/web/machine/ui-server.ts";
import { describeWith } from "../../clients/judges.ts";
import { builtBench } from "../support/built-bench.ts";
import { serveFolder } from "../support/file-server.ts";
import { alert, CHIP, nameChip, to } from "../support/steps.ts";

const PATIENCE_MS = 60_000;

/** What a browser has kept of the page. */
const KEPT = `(async () => {
  const registrations = await navigator.serviceWorker.getRegistrations();
  return [registrations.length, (await caches.keys()).length];
})()`;

describeWith("chromium")("a page of flashproof ui whose server ends and begins again", () => {
  const bench = builtBench("ui-again");

  const serve = (port: number): Promise<UiServer> =>
    serveUi({ folder: bench.folder, port, host: new MachineHost(`twin:${CHIP},flash=zero`) });

  /** How often a page is loaded from now on. */
  function loadsOf(page: Page): { count: number } {
    const loads = { count: 0 };
    page.on("load", () => loads.count++);
    return loads;
  }

  async function connect(page: Page): Promise<void> {
    await to(page, "Connect");
    await page.getByRole("button", { name: /^Connect to/ }).click();
    await page.getByText("Nothing was reset").waitFor();
  }

  it("is kept by no browser, with its token or without", { timeout: PATIENCE_MS }, async () => {
    const server = await serve(0);
    try {
      const { page } = await bench.openKept(server.url);
      await connect(page);
      expect(await page.evaluate(KEPT)).toEqual([0, 0]);
      const bare = await bench.openIn(page.context(), `http://127.0.0.1:${server.port}/`);
      await bare.page.getByText("Give an image").waitFor();
      await bare.page.evaluate("navigator.serviceWorker.register('./sw.js').catch(() => {})");
      expect(await bare.page.evaluate(KEPT)).toEqual([0, 0]);
      await page.context().close();
    } finally {
      await server.close();
    }
  });

  it("reports the end of its server and shows nothing of the board any more, and loads once for another token", {
    timeout: PATIENCE_MS,
  }, async () => {
    const first = await serve(0);
    const { page } = await bench.openKept(first.url);
    await nameChip(page);
    await connect(page);
    const loads = loadsOf(page);
    await first.close();
    await alert(page, "connection-lost").waitFor();
    await page.getByRole("alert").getByText("open the address that it prints").waitFor();
    await page.getByText("its probes are not known").waitFor();
    expect(await page.getByText("Nothing was reset").count()).toBe(0);
    const second = await serve(first.port);
    try {
      // The old token is of no use with the new server.
      await to(page, "Explain");
      await to(page, "Connect");
      await alert(page, "connection-lost").waitFor();
      expect([second.accepted, loads.count]).toEqual([0, 0]);
      // A click on the new address in the same tab changes what is behind the # only.
      await page.evaluate(`location.href = ${JSON.stringify(second.url)}`);
      await expect.poll(() => loads.count).toBe(1);
      await connect(page);
      expect(page.url()).not.toContain("token");
      expect([second.accepted, loads.count]).toEqual([1, 1]);
      await page.context().close();
    } finally {
      await second.close();
    }
  });

  it("takes the place of a static copy that the browser keeps for the same address, loaded again once", {
    timeout: PATIENCE_MS,
  }, async () => {
    const files = await serveFolder(bench.folder);
    const { page } = await bench.openKept(files.url);
    await page.getByText("it works without a network").waitFor();
    await files.close();
    const server = await serve(files.port);
    try {
      const loads = loadsOf(page);
      const policies: (string | undefined)[] = [];
      page.on("response", (response) => {
        if (new URL(response.url()).pathname === "/") policies.push(response.headers()["content-security-policy"]);
      });
      await page.goto("about:blank");
      await page.goto(server.url);
      await expect.poll(() => policies.length).toBe(2);
      await connect(page);
      // The copy's answer has no policy in its head, the server's own has.
      expect(policies.map((policy) => policy !== undefined)).toEqual([false, true]);
      expect(await page.evaluate(KEPT)).toEqual([0, 0]);
      expect(loads.count).toBe(3);
      await page.context().close();
    } finally {
      await server.close();
    }
  });
});
