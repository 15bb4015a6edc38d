import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { CHIP, Workspace, example } from "./workspace.ts";

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.clear());

it("verify names the section and the symbol of an ELF file's differing range", async () => {
  const raw = readFileSync(example("bootloader-open.raw.bin"));
  raw[0x9000] ^= 0x01;
  const target = ["--chip", CHIP, "--probe", workspace.twin("board.k24", ",flash=zero")];
  expect((await workspace.fp("flash", workspace.write("other.bin", raw), ...target)).exit).toBe(0);
  const text = await workspace.fp("verify", example("bootloader-open.elf"), ...target);
  expect(text.exit).toBe(6);
  expect(text.out).toMatch(/0x00009000 in [\w.$]+(\+0x[0-9A-F]+)? \(\.[\w.]+\), 1 bytes/);
  const json = await workspace.json("verify", example("bootloader-open.elf"), ...target);
  expect(json.exit).toBe(6);
});
