import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { createTwin, type TwinOptions } from "../../../src/twin/usb.ts";
import { MachineHost } from "../../../src/web/machine/machine-host.ts";
import { serveUi } from "../../../src/web/machine/ui-server.ts";
import { describeWith } from "../../clients/judges.ts";
import { axeViolations } from "../support/axe.ts";
import type { OpenPage } from "../support/page-bench.ts";
import { builtBench } from "../support/built-bench.ts";
import { alert, CHIP, nameChip, press, to } from "../support/steps.ts";
import { boardInNode } from "../support/in-node.ts";
import { hexFile } from "../support/made-image.ts";
import type { StubOptions } from "../stub/stub-options.ts";
import { PULL_THE_PLUG, stubDevices } from "../stub/stubbed-page.ts";

const PATIENCE_MS = 60_000;

/** Each way to a probe: the API, the model behind it, the button that asks for it. */
const WAYS = [
  ["J-Link by WebUSB", "usb", "jlink-hs", "Choose a probe"],
  ["CMSIS-DAP 2 by WebUSB", "usb", "cmsis-dap-hs", "Choose a probe"],
  ["CMSIS-DAP 1 by WebHID", "hid", "cmsis-dap-v1", "Choose a CMSIS-DAP 1 (HID)"],
  ["older DAPLink by control requests", "control", "cmsis-dap-v1", "Choose among every USB device"],
] as const;

describeWith("chromium")("a probe at the browser, by strict stubs of its APIs", () => {
  const bench = builtBench("probes");

  const board = (probe: TwinOptions["probe"], more: Partial<TwinOptions> = {}): TwinOptions => ({
    chip: CHIP,
    ...(probe ? { probe } : {}),
    flash: "zero",
    ...more,
  });

  const open = (stub: StubOptions, address = "#connect"): Promise<OpenPage> =>
    bench.open(address, (context) => stubDevices(context, stub));

  async function connect(page: Page, button: string = "Choose a probe", chip = CHIP): Promise<void> {
    if (chip !== "") await nameChip(page, chip);
    await press(page, button);
    await page.getByRole("button", { name: /^Connect to/ }).click();
  }

  async function connected(stub: StubOptions, button?: string): Promise<OpenPage> {
    const opened = await open(stub);
    await connect(opened.page, button);
    await opened.page.getByText("Nothing was reset").waitFor();
    return opened;
  }

  async function toBoard(page: Page, image = hexFile()): Promise<void> {
    await page.getByLabel("Image or log").setInputFiles(image);
    await to(page, "Board");
  }

  async function flash(page: Page): Promise<void> {
    await press(page, "Plan against this board");
    await press(page, "Flash this board");
  }

  it.each(WAYS)(
    "flashes and verifies by %s with Node's digest",
    { timeout: PATIENCE_MS },
    async (_, api, probe, button) => {
      const { page, complaints } = await connected({ api, board: board(probe) }, button);
      await toBoard(page);
      await flash(page);
      await page.getByText("Verdict: equal").waitFor();
      const node = boardInNode(createTwin(board(probe)));
      const { name, buffer } = hexFile();
      const file = { name, bytes: new Uint8Array(buffer) };
      const planned = await node.ask("planOnBoard", { file, chip: CHIP, security: "refuse" }, CHIP);
      expect(await page.locator("p:has-text('digest') code").first().textContent()).toBe(planned.digest);
      await page.getByRole("button", { name: "Compare with this board" }).click();
      await page.getByText("Verdict: equal").waitFor();
      await page.getByLabel("Bytes").fill("16");
      await page.getByRole("button", { name: "Read memory" }).click();
      await page.getByText("16 bytes, read twice").waitFor();
      expect(complaints).toEqual([]);
    },
  );

  // Each of these waits for a deadline of seconds, in a context of its own: side by side.
  it.concurrent("gives up a claim that never settles, and reports what to do", { timeout: PATIENCE_MS }, async () => {
    const { page, complaints } = await open({ api: "usb", board: board("jlink-hs"), claim: "never" });
    await connect(page);
    await alert(page, "timeout").waitFor();
    expect(await page.getByRole("alert").locator("li").count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });

  it.concurrent("does not take an answer that comes after its deadline for another command's", {
    timeout: PATIENCE_MS,
  }, async () => {
    const late = { from: 20, ms: 6_000 };
    const { page, complaints } = await open({ api: "usb", board: board("jlink-hs"), late });
    await connect(page);
    await page.getByRole("alert").locator("li").first().waitFor();
    expect(await page.getByRole("alert").textContent()).toMatch(/\[(timeout|probe-protocol)\]/);
    expect(complaints).toEqual([]);
  });

  it.concurrent("does not give a probe up under a job", { timeout: PATIENCE_MS }, async () => {
    const late = { from: 150, ms: 3_000 };
    const first = await connected({ api: "usb", board: board("cmsis-dap-hs"), late });
    await toBoard(first.page);
    await flash(first.page);
    await first.page.getByRole("button", { name: "Call it off" }).waitFor();
    const second = await bench.openIn(first.page.context(), "#connect");
    await connect(second.page);
    await second.page.getByRole("button", { name: "Take it over from the other page" }).click();
    await second.page.getByText("a job is under way there").waitFor();
    await second.page.close();
    await first.page.getByRole("button", { name: "Call it off" }).waitFor();
    await first.page.context().close();
  });

  it.each([
    ["a claim that another program has made impossible", { claim: "busy" }, "usb-busy", "Close the IDE"],
    ["a device that the system does not open", { open: "denied" }, "usb-access", "udev"],
  ] as const)("reports %s with its remedy", { timeout: PATIENCE_MS }, async (_, how, code, remedy) => {
    const { page, complaints } = await open({ api: "usb", board: board("jlink-hs"), ...how });
    await connect(page);
    await alert(page, code).waitFor();
    await page.getByRole("alert").getByText(remedy).waitFor();
    expect(complaints).toEqual([]);
  });

  it.each([
    ["usb", "jlink-hs", "Choose a probe"],
    ["hid", "cmsis-dap-v1", "Choose a CMSIS-DAP 1 (HID)"],
  ] as const)(
    "ends the connection when an idle probe is unplugged (%s)",
    { timeout: PATIENCE_MS },
    async (api, probe, button) => {
      const { page, complaints } = await connected({ api, board: board(probe) }, button);
      await page.evaluate(PULL_THE_PLUG);
      await alert(page, "usb-unplugged").waitFor();
      await page.getByText("Nothing was reset").waitFor({ state: "detached" });
      await page.getByRole("button", { name: /^Connect to/ }).click();
      await alert(page, "probe-not-found").waitFor();
      expect(complaints).toEqual([]);
    },
  );

  it.each([
    ["jlink-hs", "unplug@usb=108", "usb-unplugged"],
    ["cmsis-dap-hs", "unplug@usb=140", "usb-unplugged"],
    ["jlink-hs", "stall@usb=108", "usb-stall"],
  ] as const)(
    "ends a job and its connection after a fault of USB (%s, %s)",
    { timeout: PATIENCE_MS },
    async (probe, faults, code) => {
      const { page, complaints } = await connected({ api: "usb", board: board(probe, { faults }) });
      await toBoard(page);
      // How many transfers connecting takes depends on the wall clock: the fault may strike while the plan is made.
      await page.getByRole("button", { name: "Plan against this board" }).click();
      await page.locator('[role=alert] li, button:text-is("Flash this board")').first().waitFor();
      const go = page.getByRole("button", { name: "Flash this board" });
      if (await go.isVisible()) await go.click();
      await page.getByRole("alert").locator("li").first().waitFor();
      expect(await page.getByRole("alert").textContent()).toContain(`[${code}]`);
      await page.getByText("No board is connected").waitFor();
      expect(complaints).toEqual([]);
    },
  );

  it("leaves a probe to the page that has it, until it is taken over", { timeout: PATIENCE_MS }, async () => {
    const first = await connected({ api: "usb", board: board("jlink-hs") });
    const second = await bench.openIn(first.page.context(), "#connect");
    await connect(second.page);
    await alert(second.page, "usb-busy").waitFor();
    await second.page.getByRole("button", { name: "Take it over from the other page" }).click();
    await second.page.getByText("Nothing was reset").waitFor();
    await alert(first.page, "usb-busy").waitFor();
    expect(await first.page.getByText("Nothing was reset").count()).toBe(0);
    expect([...first.complaints, ...second.complaints]).toEqual([]);
  });

  it("opens a locked chip after the consent, and not before", { timeout: PATIENCE_MS }, async () => {
    const { page, complaints } = await connected({ api: "usb", board: board("jlink-hs", { locked: true }) });
    await page.getByText(", locked").waitFor();
    await toBoard(page);
    const open = page.getByRole("button", { name: "Mass-erase and open the chip" });
    expect(await open.isDisabled()).toBe(true);
    await page.getByLabel("Everything on the chip may be erased").check();
    await open.click();
    await flash(page);
    await page.getByText("Verdict: equal").waitFor();
    expect(complaints).toEqual([]);
  });

  it("forgets a consent with the file and the chip that it was for, and works only as the chip that was connected", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await connected({ api: "usb", board: board("jlink-hs", { locked: true }) });
    await toBoard(page);
    const consent = page.getByLabel("Everything on the chip may be erased");
    const open = page.getByRole("button", { name: "Mass-erase and open the chip" });
    await consent.check();
    await page.getByLabel("Image or log").setInputFiles({ ...hexFile(), name: "other.hex" });
    await page.getByText("other.hex").waitFor();
    expect(await consent.isChecked()).toBe(false);
    await consent.check();
    await nameChip(page, "STM32F407xG");
    await page.getByText(`This board was connected as a ${CHIP}`).waitFor();
    expect(await consent.isChecked()).toBe(false);
    await consent.check();
    expect(await open.isDisabled()).toBe(true);
    await nameChip(page);
    await consent.check();
    expect(await open.isEnabled()).toBe(true);
    expect(complaints).toEqual([]);
  });

  it("flashes an image that would lock the chip only once its policy is chosen", { timeout: PATIENCE_MS }, async () => {
    const { page, complaints } = await connected({ api: "usb", board: board("jlink-hs") });
    await toBoard(page, hexFile(true));
    await page.getByRole("button", { name: "Plan against this board" }).click();
    await page.getByText("Needs a consent").first().waitFor();
    expect(await page.getByRole("button", { name: "Flash this board" }).isDisabled()).toBe(true);
    await page.getByLabel("Keep the chip open").check();
    await flash(page);
    await page.getByText("Verdict: equal-but-declared").waitFor();
    expect(complaints).toEqual([]);
  });

  it("shows where the chip differs, with the differing bits", { timeout: PATIENCE_MS }, async () => {
    const { page, complaints } = await connected({ api: "usb", board: board("cmsis-dap-hs") });
    await toBoard(page);
    await page.getByRole("button", { name: "Compare with this board" }).click();
    await page.getByText("Verdict: different").waitFor();
    const row = page.locator("table.bytes tbody tr").first();
    expect(await row.locator("th").textContent()).toBe("0x00000000");
    expect(await row.locator("td").first().textContent()).toMatch(/^00 10 00 20 01 01 00/);
    expect(await row.locator("td").last().textContent()).toMatch(/^FF EF FF DF FE FE FF/);
    expect(complaints).toEqual([]);
  });

  it("asks for the chip's name before it plans, and takes the one that was found", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await open({ api: "usb", board: board("jlink-hs") });
    await connect(page, "Choose a probe", "");
    await page.getByText("Only a chip that is named").waitFor();
    await page.getByRole("button", { name: `It is a ${CHIP}` }).click();
    await page.getByText("Only a chip that is named").waitFor({ state: "detached" });
    await page.getByText("Nothing was reset").waitFor();
    await toBoard(page);
    await page.getByRole("button", { name: "Plan against this board" }).click();
    await page.locator(".map").waitFor();
    expect(complaints).toEqual([]);
  });

  it("shows no error where no device was chosen", { timeout: PATIENCE_MS }, async () => {
    const { page, complaints } = await open({ api: "hid", board: board("cmsis-dap-v1") });
    await page.getByRole("button", { name: "Choose a probe", exact: true }).click();
    await page.getByText("This page may use no probe yet").waitFor();
    expect(await page.getByRole("alert").textContent()).toBe("");
    expect(complaints).toEqual([]);
  });

  it("flashes this machine's probe by flashproof ui, and keeps its token out of the address", {
    timeout: PATIENCE_MS,
  }, async () => {
    const host = new MachineHost(`twin:${CHIP},probe=cmsis-dap-hs,flash=zero`);
    const server = await serveUi({ folder: bench.folder, port: 0, host });
    try {
      const { page, complaints } = await bench.open(server.url);
      expect(page.url()).not.toContain("token");
      await nameChip(page);
      await to(page, "Connect");
      await page.getByRole("button", { name: /^Connect to/ }).click();
      await page.getByText("Nothing was reset").waitFor();
      await toBoard(page);
      await flash(page);
      await page.getByText("Verdict: equal").waitFor();
      await page.getByText("Milliseconds (virtual)").waitFor();
      const second = await bench.openIn(page.context(), `${server.url}&connect`);
      await second.page.getByRole("button", { name: /^Connect to/ }).click();
      await alert(second.page, "usb-busy").waitFor();
      expect([...complaints, ...second.complaints]).toEqual([]);
    } finally {
      await server.close();
    }
  });

  it("has no axe violations in the views of a board, in both colour schemes", { timeout: PATIENCE_MS }, async () => {
    const { page } = await connected({ api: "usb", board: board("jlink-hs") });
    expect(await axeViolations(page)).toEqual([]);
    await toBoard(page, hexFile(true));
    await page.getByRole("button", { name: "Plan against this board" }).click();
    await page.getByText("Needs a consent").first().waitFor();
    await page.getByRole("button", { name: "Compare with this board" }).click();
    await page.getByText("Verdict: different").waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });
});
