import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { deviceInScript } from "../../../src/commander/language/script-device.ts";
import { runScript } from "../../golden/seed/script-run.ts";
import { smallImage } from "./lab.ts";

const files = { "app.bin": smallImage(), "locks.bin": smallImage({ 0x40c: 0x7b }) };
const script = "loadfile locks.bin 0\nloadfile app.bin 0x8000\nsavebin out.bin 0 10\nq\n";

describe("commander --dry-run", () => {
  // The workspace's own board is one that can't be opened: nothing may ask for it.
  const workspace = { script, files, board: "state=no-such-folder/board.k24", options: ["--dry-run"] };

  it("runs the script on a simulated chip, and touches no probe and no file", async () => {
    const { exit, out, err } = await runScript(workspace);
    expect(exit).toBe(0);
    expect(out.filter((line) => line === "O.K.")).toHaveLength(2);
    expect(err.join("\n")).toContain("dry run: out.bin isn't written");
    expect(existsSync(join(process.cwd(), "out.bin"))).toBe(false);
  });
  it('prints "dry run" in its first and its last line', async () => {
    const { out } = await runScript(workspace);
    expect(out[0]).toBe("dry run on a simulated MK24FN1M0xxx12 as shipped: nothing else is touched");
    expect(out.at(-1)).toBe("dry run on a simulated MK24FN1M0xxx12 as shipped: nothing else was touched");
  });
  it("prints what the chip would hold: sectors, and the security byte", async () => {
    const { out } = await runScript(workspace);
    expect(out).toContain("dry run: 2 of 256 sectors changed: 0x00000000 - 0x00000FFF, 0x00008000 - 0x00008FFF");
    expect(out.find((line) => line.startsWith("dry run: FSEC"))).toMatch(/0x7A \(open\)/);
  });
  it("prints the same for the name with (allow security)", async () => {
    const { out } = await runScript({ ...workspace, device: "MK24FN1M0xxx12 (allow security)" });
    expect(out.find((line) => line.startsWith("dry run: FSEC"))).toMatch(/0x7B \(secured\)/);
  });
  it("takes the device that the script names", () => {
    expect(deviceInScript("r\nDevice MK24FN1M0xxx12\nexit")).toBe("MK24FN1M0xxx12");
    expect(deviceInScript("// device X\nexec device = STM32F407VG\n")).toBe("STM32F407VG");
    expect(deviceInScript("connect\nMK24FN1M0xxx12\n")).toBeUndefined();
  });
  it("needs a device that is a chip", async () => {
    const { exit, err } = await runScript({ ...workspace, device: "Cortex-M4" });
    expect(exit).toBe(2);
    expect(err.join("\n")).toContain("--dry-run needs to know the chip");
  });
});

describe("commander --lint", () => {
  const lint = (options: readonly string[], text = script) =>
    runScript({ script: text, files, board: "state=no-such-folder/board.k24", options: [...options, "--lint"] });

  it("prints line and way out, and fails only where it is asked to", async () => {
    const { exit, out } = await lint([]);
    expect(out.some((line) => /^flash\.jlink:1: lock: FSEC/.test(line))).toBe(true);
    expect(exit).toBe(0);
    expect((await lint(["--fail-on", "lock"])).exit).toBe(1);
    expect((await lint(["--fail-on", "none"])).exit).toBe(0);
  });
  it("doesn't know other limits", async () => expect((await lint(["--fail-on", "often"])).exit).toBe(2));
});
