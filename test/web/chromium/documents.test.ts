import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MK24FN1M0xxx12 } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { connect } from "../../../src/session/connect.ts";
import { createTwin } from "../../../src/twin/usb.ts";
import { describeWith } from "../../clients/judges.ts";
import { Workspace } from "../../cli/workspace.ts";
import { probeOf } from "../../support/board.ts";
import { elfWithSymbols } from "../../support/elf-symbols.ts";
import { ALPHABET, runProgram } from "../../support/itm-programs.ts";
import { FLM, packBytes, pdsc, TARGET_FILE } from "../../support/made-packs.ts";
import { writeState } from "../../support/twin-state.ts";
import { axeViolations } from "../support/axe.ts";
import { builtBench } from "../support/built-bench.ts";
import { fields, leavesOf } from "../support/fields.ts";
import { askInNode } from "../support/in-node.ts";
import { alert, CHIP, widerThanPhone } from "../support/steps.ts";

const PATIENCE_MS = 120_000;
const BOOTLOADER = resolve("examples/k24-bootloader/bootloader.hex");
const LOG = resolve("examples/seed/verify-failed.log.txt");

/** A pack with a debug sequence, which `pack check --sequence` runs on no chip. */
const SEQUENCES = pdsc("Seq_DFP", "1.0.0", ["D"]).replace(
  "</family>",
  `<sequences><sequence name="TraceStart"><block>Write32(0xE000EDFC, 0x01000000); DAP_Delay(1000);</block></sequence></sequences></family>`,
);

describeWith("chromium")("documents of the command line and packs, dropped on the page in Chromium", () => {
  const bench = builtBench("documents");
  const workspace = new Workspace();
  const board = workspace.board();
  beforeAll(async () => {
    const twin = createTwin({ chip: CHIP, flash: "zero" });
    const probe = await probeOf(twin);
    await runProgram(
      await connect({ probe, clock: twin.clock, chip: MK24FN1M0xxx12, hz: 4_000_000, how: "halt" }),
      ALPHABET,
    );
    await probe.close();
    writeState(workspace.path("board.k24"), twin);
    workspace.write("Made.Seq_DFP.pdsc", SEQUENCES);
    workspace.write("sends.elf", elfWithSymbols([{ kind: "function", name: "sends", start: 0x2000_0000, size: 0x32 }]));
  }, PATIENCE_MS);
  afterAll(() => workspace.clear());

  async function drop(page: Page, name: string, content: string | Uint8Array): Promise<void> {
    await page.getByLabel("Image or log").setInputFiles({ name, mimeType: "", buffer: Buffer.from(content) });
    await page.getByText(`${name}, `).first().waitFor();
  }

  /** What a verb prints, on the page: every field of it, and what else is to be seen. */
  async function dropped(
    words: readonly string[],
  ): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
    const [verb, ...more] = words;
    const { out } = await workspace.json(verb, ...more);
    const { page, complaints } = await bench.open();
    await drop(page, `${verb}.json`, out);
    await page.getByText(`flashproof ${verb}`).first().waitFor();
    expect(await fields(page, "Every field of the report")).toEqual(leavesOf(JSON.parse(out)));
    return { page, complaints };
  }

  const sequence = () => ["pack", "check", workspace.path("Made.Seq_DFP.pdsc"), "D", "--sequence", "TraceStart"];

  it.each([
    ["a profile", () => ["profile", workspace.path("sends.elf"), ...board, "--for", "50"], "Samples by function"],
    ["a refused plan", () => ["plan", BOOTLOADER, ...board], "needs"],
    ["a comparison", () => ["verify", BOOTLOADER, ...board], "Differences"],
    ["a target", () => ["info", ...board], "components"],
    ["a trace by SWO", () => ["swo", ...board, "--for", "5"], "ports"],
    ["a debug sequence of a pack", sequence, "events"],
    ["a pack", () => ["pack", "show", workspace.path("Made.Seq_DFP.pdsc"), "D"], "memories"],
    ["an image", () => ["explain", BOOTLOADER, "--chip", CHIP], "findings"],
    ["a log", () => ["explain", LOG, "--chip", CHIP], "causes"],
    ["the chips", () => ["chips"], "chips"],
  ] as const)("shows every field of %s, and its table", { timeout: PATIENCE_MS }, async (_, words, region) => {
    const { page, complaints } = await dropped(words());
    await page.getByRole("region", { name: region, exact: true }).first().waitFor();
    expect(await axeViolations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("shows a flash with its time by phases, its sectors and its verdict, and an error with what to do", {
    timeout: PATIENCE_MS,
  }, async () => {
    const flash = ["flash", BOOTLOADER, "--chip", CHIP, "--probe", `twin:${CHIP}`, "--security", "keep-open"];
    const { page, complaints } = await dropped(flash);
    await page.locator("svg.waterfall rect").first().waitFor();
    await page.locator("svg.map rect").first().waitFor();
    await page.getByText("times of a simulated board").waitFor();
    await page.getByText("equal-but-declared").first().waitFor();
    const refused = await workspace.json("read", "0:16", "--chip", "NONE", "--probe", `twin:${CHIP}`);
    await drop(page, "refused.json", refused.out);
    await page.getByText(`[${refused.error?.code}]`).waitFor();
    for (const hint of refused.error?.hints ?? []) await page.getByText(hint).first().waitFor();
    expect(complaints).toEqual([]);
  });

  it("shows a profile as a picture: each function as wide as its share", { timeout: PATIENCE_MS }, async () => {
    const { page } = await dropped(["profile", workspace.path("sends.elf"), ...board, "--for", "50"]);
    await page.getByRole("img", { name: /^\d+ samples: sends 100.0 %/ }).waitFor();
    expect(await page.locator("svg.flame rect").count()).toBe(2);
  });

  it("shows the records of a trace and the events of a job, line by line", { timeout: PATIENCE_MS }, async () => {
    const { page, complaints } = await bench.open();
    await workspace.fp("info", "--chip", CHIP, "--probe", `twin:${CHIP}`, "--log-file", workspace.path("trace.ndjson"));
    const trace = Buffer.from(workspace.bytes("trace.ndjson")).toString();
    await drop(page, "trace.ndjson", trace);
    const lines = trace.trim().split("\n");
    expect(lines.length).toBeGreaterThan(20);
    expect(await fields(page, "Every field of the report")).toEqual(
      leavesOf({ lines: lines.map((line) => JSON.parse(line) as object) }),
    );
    expect(await page.getByRole("region", { name: "lines" }).locator("tbody tr").count()).toBe(
      Math.min(200, lines.length),
    );
    await drop(page, "cut.json", '{"schema":"flashproof/1","tool":"flash');
    await alert(page, "image-incomplete").waitFor();
    await drop(page, "deep.json", `{"schema":"flashproof/1","result":${"[".repeat(100_000)}${"]".repeat(100_000)}}`);
    await page.getByRole("alert").getByText("deep.json").waitFor();
    expect(complaints).toEqual([]);
  });

  it("explains a simulated board's state: whose it is, and its flash as an image for its chip", {
    timeout: PATIENCE_MS,
  }, async () => {
    const given = ["flash", BOOTLOADER, ...workspace.board("state.k24"), "--security", "keep-open"];
    expect((await workspace.fp(...given)).exit).toBe(0);
    const { page, complaints } = await bench.open();
    const state = workspace.bytes("state.k24");
    await drop(page, "state.k24", state);
    const file = { name: "state.k24", bytes: state };
    const wanted = await askInNode("explain", { file, chip: undefined });
    expect(await fields(page, "Every field of the report")).toEqual(leavesOf(wanted.json));
    expect(wanted.json).toMatchObject({ board: { chip: CHIP }, flash: { chip: CHIP, vectors: {} } });
    await page.getByText("Everything, as text").click();
    await page.getByText(`state of a simulated ${CHIP}`).waitFor();
    await drop(
      page,
      "damaged.k24",
      state.map((byte, i) => (i === state.length >> 1 ? byte ^ 1 : byte)),
    );
    await alert(page, "twin-state-corrupt").waitFor();
    expect(complaints).toEqual([]);
  });

  it("explains packs in the words of fp pack show: archive, description, algorithm, target file, each device by choice", {
    timeout: PATIENCE_MS,
  }, async () => {
    const { page, complaints } = await bench.open();
    const text = async () =>
      (await page.locator('details:has(summary:text-is("Everything, as text")) pre').textContent()) ?? "";
    const show = async (name: string, ...device: readonly string[]) =>
      (await workspace.fp("pack", "show", workspace.path(name), ...device)).out.trimEnd();
    const archive = await packBytes("Two_DFP", "1.2.3", ["A-CHIP", "B-CHIP"]);
    const files: readonly (readonly [name: string, bytes: Uint8Array | string])[] = [
      ["Made.Two_DFP.1.2.3.pack", archive],
      ["Made.Two_DFP.pdsc", pdsc("Two_DFP", "1.2.3", ["A-CHIP", "B-CHIP"])],
      ["made.FLM", FLM],
      ["target.yaml", TARGET_FILE],
    ];
    for (const [name, bytes] of files) {
      workspace.write(name, bytes);
      await drop(page, name, bytes);
      const device = name === "target.yaml" ? ["V"] : [];
      const wanted = await show(name, ...device);
      await expect.poll(text).toBe(wanted);
    }
    await drop(page, "Made.Two_DFP.1.2.3.pack", archive);
    await page.getByLabel("Device").selectOption("B-CHIP");
    await page.getByRole("region", { name: "algorithms" }).waitFor();
    expect(await text()).toBe(await show("Made.Two_DFP.1.2.3.pack", "B-CHIP"));
    expect(await text()).toContain("algorithm Flash/made.FLM");
    expect(await widerThanPhone(page)).toBe(0);
    expect(await axeViolations(page)).toEqual([]);
    await drop(page, "Made.Two_DFP.1.2.3.pack", archive.subarray(0, archive.length >> 1));
    await alert(page, "pack-invalid").waitFor();
    expect(complaints).toEqual([]);
  });
});
