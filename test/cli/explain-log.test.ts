import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { Desk, example } from "./desk.ts";

const desk = new Desk();
afterAll(() => desk.clear());
const logs = "test/fixtures/logs";

describe("explain LOGFILE", () => {
  it("names the seed's two causes, the mass erase before, and exits 0", async () => {
    const { exit, result } = await desk.json("explain", `${logs}/seed.txt`);
    expect(exit).toBe(0);
    expect(result).toMatchObject({
      kind: "log",
      causes: [{ id: "loader-kept-open" }, { id: "programmed-over-FE" }],
      history: { massErase: [{ line: 25 }, { line: 28 }, { line: 29 }] },
    });
  });

  it.each(readdirSync(logs))("%s fits the schema", async (name) => {
    const { exit, result } = await desk.json("explain", `${logs}/${name}`);
    expect({ exit, kind: result.kind }).toEqual({ exit: 0, kind: "log" });
  });

  it("checks what the log says against --image", async () => {
    const { result } = await desk.json("explain", `${logs}/seed.txt`, "--image", example("bootloader.raw.bin"));
    expect(result.imageChecks).toMatchObject([{ agrees: true }, { agrees: true }, { agrees: true }, { agrees: true }]);
  });

  it("calls a text that it doesn't know unknown, and exits 0", async () => {
    const { exit, result } = await desk.json("explain", desk.write("letter.txt", "Dear Sirs,\n"));
    expect(exit).toBe(0);
    expect(result).toMatchObject({ kind: "unknown", causes: [{ id: "unknown" }] });
  });

  it("takes an image for an image, whatever it is called", async () => {
    const hex = desk.write("firmware.txt", readFileSync(example("bootloader.hex")));
    expect((await desk.json("explain", hex)).result.kind).toBe("image");
  });

  it("prints causes with their lines, and a paragraph to send", async () => {
    const { out } = await desk.fp("explain", `${logs}/seed.txt`);
    expect(out).toContain("line 93: Expected 7B read 7A");
    expect(out).toContain("what happened: ");
  });
});
