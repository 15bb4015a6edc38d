import { expect, it } from "vitest";
import { Workspace } from "../../cli/workspace.ts";
import { describeWith } from "../judges.ts";

/** The parts of a row of `bench --openocd --json` that are looked at. */
interface Row {
  readonly totalMs: number;
  readonly openocd: { readonly command: string; readonly totalMs: number; readonly times: number };
}

describeWith("openocd", "cc")("flashproof bench --openocd", () => {
  it.each([
    ["jlink", "adapter driver jlink"],
    ["cmsis-dap-hs", "cmsis_dap_backend usb_bulk"],
    ["cmsis-dap-v1", "cmsis_dap_backend hid"],
  ])("gives OpenOCD's time for a job by %s, how many times ours it is, and its command line", async (model, words) => {
    const { result } = await new Workspace().json("bench", "--job", "e", "--model", model, "--openocd");
    const [{ totalMs, openocd }] = result["jobs"] as unknown as readonly Row[];
    expect(openocd.command).toMatch(
      /^openocd -c "adapter driver .* -f target\/\S+\.cfg .* -c "reset run" -c shutdown$/,
    );
    expect(openocd.command).toContain(words);
    expect(openocd.times).toBeCloseTo(openocd.totalMs / totalMs, 6);
    expect(openocd.times).toBeGreaterThan(1);
  });

  it.each([
    ["STM32F407xG", "d", "jlink-hs", "target/stm32f4x.cfg"],
    ["nRF52840_xxAA", "d", "cmsis-dap-hs", "target/nrf52.cfg"],
    ["RP2040", "d", "cmsis-dap-hs", "target/rp2040.cfg"],
  ])("gives OpenOCD's time on an %s for job %s by %s, which is longer than ours", async (chip, job, model, config) => {
    const words = ["--chip", chip, "--job", job, "--model", model, "--openocd"];
    const { result } = await new Workspace().json("bench", ...words);
    const [{ openocd }] = result["jobs"] as unknown as readonly Row[];
    expect(openocd.command).toContain(`-f ${config} `);
    expect(openocd.times).toBeGreaterThan(1);
  });

  it("gives the reason in place of a time where OpenOCD does not reach the chip by the probe", async () => {
    const words = ["bench", "--chip", "RP2040", "--job", "a", "--model", "jlink-hs", "--openocd"];
    const { exit, out } = await new Workspace().fp(...words);
    expect(exit).toBe(0);
    expect(out).toMatch(/^a jlink-hs: not run: OpenOCD's driver .*TARGETSEL/m);
    expect(out).toMatch(/^a until the loader is ready +jlink-hs .* can't +-$/m);
  });
});
