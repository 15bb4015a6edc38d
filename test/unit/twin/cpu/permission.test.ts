import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { mayGenerateCode } from "../../../../src/twin/cpu/compiled/permission.ts";

const NODE = { process: { versions: { node: "20.19.0" } } };

describe("permission to compile", () => {
  it("is given in Node", () => {
    expect(mayGenerateCode(NODE)).toBe(true);
  });

  it("is not given in a page or its worker, even where a process is defined", () => {
    expect(mayGenerateCode({ document: {} })).toBe(false);
    expect(mayGenerateCode({ WorkerGlobalScope: class {} })).toBe(false);
    expect(mayGenerateCode({ ...NODE, document: {} })).toBe(false);
    expect(mayGenerateCode({})).toBe(false);
  });

  it("makes no function of text where the host is a page", () => {
    const original = globalThis.Function;
    const asked: unknown[] = [];
    globalThis.Function = new Proxy(original, { construct: (_target, list) => asked.push(list) && {} });
    try {
      mayGenerateCode({ document: {} });
    } finally {
      globalThis.Function = original;
    }
    expect(asked).toEqual([]);
  });

  it("is not given where Node forbids code from strings", () => {
    const script = `import("./src/twin/cpu/compiled/permission.ts").then((m) => console.log(m.mayGenerateCode()))`;
    const loader = ["--import", "./tools/lib/ts-loader.mjs"];
    const output = execFileSync(process.execPath, ["--disallow-code-generation-from-strings", ...loader, "-e", script]);
    expect(output.toString().trim()).toBe("false");
  });
});
