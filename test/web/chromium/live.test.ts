import { connect } from "node:net";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { pageServers } from "../../../src/cli/serving/page-servers.ts";
import { MachineHost } from "../../../src/web/machine/machine-host.ts";
import { serveUi } from "../../../src/web/machine/ui-server.ts";
import { describeWith } from "../../clients/judges.ts";
import { axeViolations } from "../support/axe.ts";
import { hexFile } from "../support/made-image.ts";
import { builtBench } from "../support/built-bench.ts";
import { alert, CHIP, flashBoard, give, nameChip, press, to } from "../support/steps.ts";
import { PULL_THE_PLUG, stubDevices } from "../stub/stubbed-page.ts";

const PATIENCE_MS = 120_000;
const RTT = "examples/k24-rtt/firmware.hex";

/** Drops a file as one does by hand; runs in the page. */
const DROP_ANOTHER_FILE = `{
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([":00000001FF\\n"], "another.hex"));
  document.querySelector("input[type=file]").closest("div").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
}`;

describeWith("chromium")("a target as it runs, in Chromium", () => {
  const bench = builtBench("live");

  const rtt = (page: Page) => page.getByRole("log", { name: "RTT, channel 0" });

  /** Connects to the probe that is offered, and flashes the firmware that speaks by RTT. */
  async function flashed(page: Page): Promise<void> {
    await give(page, RTT);
    await nameChip(page);
    await page.getByRole("button", { name: /^Connect to/ }).click();
    await page.getByText("Nothing was reset").waitFor();
    await flashBoard(page);
    await page.getByText("Verdict: equal").waitFor();
  }

  /** Looks at the target until it has sent a line, and answered one. */
  async function talk(page: Page): Promise<void> {
    await to(page, "Live");
    await press(page, "Look at the target");
    await page.getByText("Control block at 0x2").waitFor();
    await rtt(page).getByText(/\S/).first().waitFor();
    await page.getByLabel("Send", { exact: true }).fill("ping 4711");
    await press(page, "Send this line");
    await rtt(page).getByText("ping 4711").waitFor();
  }

  it.each([
    ["usb", "jlink-hs", "Choose a probe"],
    ["usb", "cmsis-dap-hs", "Choose a probe"],
    ["hid", "cmsis-dap-v1", "Choose a CMSIS-DAP 1 (HID)"],
  ] as const)(
    "shows RTT and sends a line by %s (%s), and ends where the probe is unplugged amid it",
    { timeout: PATIENCE_MS },
    async (api, probe, button) => {
      const board = { chip: CHIP, probe, flash: "zero" } as const;
      const { page, complaints } = await bench.open("#connect", (context) => stubDevices(context, { api, board }));
      await press(page, button);
      await flashed(page);
      await talk(page);
      await page.evaluate(PULL_THE_PLUG);
      await alert(page, "usb-unplugged").waitFor();
      await page.getByText("No board is connected").waitFor();
      expect(complaints).toEqual([]);
    },
  );

  it("leaves a job as it is when another file is dropped during it, and shows that it was not taken", {
    timeout: PATIENCE_MS,
  }, async () => {
    const board = { chip: CHIP, probe: "jlink" } as const;
    const { page, complaints } = await bench.open("#connect", (context) => stubDevices(context, { api: "usb", board }));
    await nameChip(page);
    await press(page, "Choose a probe");
    await page.getByRole("button", { name: /^Connect to/ }).click();
    await page.getByText("Nothing was reset").waitFor();
    await page.getByLabel("Image or log").setInputFiles(hexFile(false, 0x8_0000));
    await flashBoard(page);
    await page.getByLabel("program").waitFor();
    await page.evaluate(DROP_ANOTHER_FILE);
    await page.getByRole("status").getByText("another.hex was not taken").waitFor();
    await page.getByText("Verdict: equal").waitFor();
    await page.getByText("image.hex, ").first().waitFor();
    await to(page, "History");
    await page.getByText(/flash: equal.*image\.hex/).waitFor();
    expect(complaints).toEqual([]);
  });

  it("serves GDB and RTT for flashproof ui, shows the debugger that is connected, and ends it", {
    timeout: PATIENCE_MS,
  }, async () => {
    const host = new MachineHost(
      `twin:${CHIP},flash=zero`,
      pageServers(() => {}),
    );
    const server = await serveUi({ folder: bench.folder, port: 0, host });
    try {
      const { page, complaints } = await bench.open(`${server.url}&connect`);
      await flashed(page);
      await talk(page);
      await press(page, "Stop looking");
      await to(page, "Connect");
      await page.getByLabel("Port of GDB").fill("0");
      await page.getByLabel("Port of RTT").fill("0");
      await press(page, "Serve GDB and RTT");
      await page.getByText("no debugger is connected").waitFor();
      expect(await axeViolations(page)).toEqual([]);
      const port = Number(/127\.0\.0\.1:(\d+)/.exec((await page.getByText("target remote").textContent()) ?? "")?.[1]);
      const client = connect(port, "127.0.0.1");
      await page.getByText("a debugger is connected").waitFor();
      await to(page, "Live");
      await press(page, "Halt");
      await alert(page, "lease-busy").waitFor();
      const ended = new Promise((done) => client.once("close", done));
      await to(page, "Connect");
      await press(page, "Serve no more");
      await ended;
      await page.getByRole("button", { name: "Serve GDB and RTT" }).waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await server.close();
    }
  });
});
