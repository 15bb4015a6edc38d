import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runAtDesk } from "../../golden/seed/desk.ts";
import { smallImage } from "./lab.ts";

const files = { "app.bin": smallImage(), "locks.bin": smallImage({ 0x40c: 0x7b }) };
const script = "loadfile locks.bin 0\nloadfile app.bin 0x8000\nsavebin out.bin 0 10\nq\n";

describe("commander --dry-run", () => {
  // The desk's own board is one that can't be opened: nothing may ask for it.
  const desk = { script, files, board: "state=no-such-folder/board.k24", options: ["--dry-run"] };

  it("runs the script on a simulated chip, and touches no probe and no file", async () => {
    const { exit, out, err } = await runAtDesk(desk);
    expect(exit).toBe(0);
    expect(out.filter((line) => line === "O.K.")).toHaveLength(2);
    expect(err.join("\n")).toContain("dry run: out.bin isn't written");
    expect(existsSync(join(process.cwd(), "out.bin"))).toBe(false);
  });
  it("says what it is in its first and its last line", async () => {
    const { out } = await runAtDesk(desk);
    expect(out[0]).toBe("dry run on a simulated MK24FN1M0xxx12 as shipped: nothing else is touched");
    expect(out.at(-1)).toBe("dry run on a simulated MK24FN1M0xxx12 as shipped: nothing else was touched");
  });
  it("says what the chip would hold: sectors, and the security byte", async () => {
    const { out } = await runAtDesk(desk);
    expect(out).toContain("dry run: 2 of 256 sectors changed: 0x00000000 - 0x00000FFF, 0x00008000 - 0x00008FFF");
    expect(out.find((line) => line.startsWith("dry run: FSEC"))).toMatch(/0x7A \(open\)/);
  });
  it("says it of the name with (allow security) too", async () => {
    const { out } = await runAtDesk({ ...desk, device: "MK24FN1M0xxx12 (allow security)" });
    expect(out.find((line) => line.startsWith("dry run: FSEC"))).toMatch(/0x7B \(secured\)/);
  });
  it("needs a device that is a chip", async () => {
    const { exit, err } = await runAtDesk({ ...desk, device: "Cortex-M4" });
    expect(exit).toBe(2);
    expect(err.join("\n")).toContain("--dry-run needs to know the chip");
  });
});

describe("commander --lint", () => {
  const lint = (options: readonly string[], text = script) =>
    runAtDesk({ script: text, files, board: "state=no-such-folder/board.k24", options: [...options, "--lint"] });

  it("prints line and way out, and fails only where it is asked to", async () => {
    const { exit, out } = await lint([]);
    expect(out.some((line) => /^flash\.jlink:1: lock: FSEC/.test(line))).toBe(true);
    expect(exit).toBe(0);
    expect((await lint(["--fail-on", "lock"])).exit).toBe(1);
    expect((await lint(["--fail-on", "none"])).exit).toBe(0);
  });
  it("doesn't know other limits", async () => expect((await lint(["--fail-on", "often"])).exit).toBe(2));
});
