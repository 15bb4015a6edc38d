import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { expect, it, vi } from "vitest";

const NOP = Uint8Array.of(0x00, 0xbf);
const WASM = createRequire(import.meta.url)
  .resolve("@alexaltea/capstone-js")
  .replace(/\.js$/, ".wasm");

it("the disassembler is loaded by the host's bytes at the first call, once, and anew where that has failed", async () => {
  // Other test files of this process have loaded it before.
  vi.resetModules();
  const { disassemble } = await import("../../../src/cortex/disasm.ts");
  const broken = disassemble(NOP, 0, () => Promise.reject(new Error("no such file")));
  await expect(broken).rejects.toThrow("no such file");
  let loads = 0;
  const loadWasm = async () => {
    loads++;
    return new Uint8Array(await readFile(WASM));
  };
  for (const address of [0, 2]) expect((await disassemble(NOP, address, loadWasm)).text).toBe("NOP");
  expect(loads).toBe(1);
});
