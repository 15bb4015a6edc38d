import { afterAll, describe, expect, it } from "vitest";
import { CHIP, Workspace, example } from "./workspace.ts";

const workspace = new Workspace();
afterAll(() => workspace.clear());

const SMALL = example("small.hex");
const LINE = `dry run on a simulated ${CHIP} as shipped: nothing else was touched`;
/** A board that can't be opened: a dry run may not even try. */
const NO_BOARD = ["--chip", CHIP, "--probe", "twin:no-such-chip"];

describe("flash --dry-run", () => {
  it('prints "dry run" in its first and its last line', async () => {
    const run = await workspace.fp("flash", SMALL, "--dry-run", ...NO_BOARD);
    const lines = run.out.trimEnd().split("\n");
    expect(run.exit).toBe(0);
    expect([lines[0], lines.at(-1)]).toEqual([LINE, LINE]);
    expect(lines.length).toBeGreaterThan(3);
  });

  it("has dryRun true in --json, where a real run has false", async () => {
    expect((await workspace.json("flash", SMALL, "--dry-run", ...NO_BOARD)).result.dryRun).toBe(true);
    expect((await workspace.json("flash", SMALL, ...workspace.board())).result.dryRun).toBe(false);
  });

  it('prints "dry run" after an error, too', async () => {
    const run = await workspace.fp("flash", example("bootloader.raw.bin"), "--dry-run", ...NO_BOARD);
    expect(run.exit).toBe(5);
    expect(run.err).toContain(LINE);
  });

  it("writes no file: neither --save nor --uart, whose text it prints", async () => {
    const files = ["--save", workspace.path("saved.hex"), "--uart", workspace.path("uart.txt"), "--for", "5"];
    const run = await workspace.fp("flash", SMALL, "--dry-run", ...files, ...NO_BOARD);
    expect(run.exit).toBe(0);
    expect([workspace.has("saved.hex"), workspace.has("uart.txt")]).toEqual([false, false]);
    expect(run.err).toContain(`dry run: ${workspace.path("saved.hex")} isn't written`);
    expect(run.err).toContain(`dry run: ${workspace.path("uart.txt")} isn't written`);
    expect(run.out.trimEnd().split("\n").at(-1)).toBe(LINE);
  });

  it("declares what --keep keeps of the simulated chip", async () => {
    const run = await workspace.json("flash", SMALL, "--dry-run", "--keep", "0x40C:+1", "--keep", "0:+4", ...NO_BOARD);
    expect(run).toMatchObject({ exit: 0, result: { verify: { verdict: "equal-but-declared" } } });
    expect(run.result.verify.declared).toMatchObject([{ address: "0x00000000", length: 4 }]);
  });

  it("runs a plan that was made for a chip with another content, and notes the difference", async () => {
    const board = workspace.board("planned.k24");
    await workspace.fp("flash", SMALL, ...board);
    await workspace.fp("plan", SMALL, "--out", workspace.path("plan.json"), ...board);
    const run = await workspace.fp("flash", "--plan", workspace.path("plan.json"), "--dry-run", ...NO_BOARD);
    expect(run.exit).toBe(0);
    expect(run.err).toContain("dry run: the plan was made for a chip that holds something else than a new one");
  });

  it("of a plan still asks for its consents", async () => {
    const words = [
      "plan",
      example("bootloader.raw.bin"),
      "--security",
      "as-image",
      "--out",
      workspace.path("lock.json"),
    ];
    await workspace.fp(...words, ...workspace.board("asked.k24"));
    const plan = ["flash", "--plan", workspace.path("lock.json"), "--dry-run", ...NO_BOARD];
    expect((await workspace.fp(...plan)).exit).toBe(5);
    expect((await workspace.fp(...plan, "--security", "as-image")).exit).toBe(0);
  });
});
