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
});
