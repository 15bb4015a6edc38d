import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Workspace, example } from "./workspace.ts";

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.clear());

describe("verify on a board that holds the image", () => {
  it("names the hash where the core is halted, and nothing where it runs or every byte is to be read", async () => {
    const image = example("bootloader-open.elf");
    const verify = async (...options: readonly string[]) => {
      const { exit, result } = await workspace.json("verify", image, ...workspace.board(), ...options);
      return [exit, result["verdict"], result["provedBy"]];
    };
    expect((await workspace.fp("flash", image, ...workspace.board())).exit).toBe(0);
    expect(await verify()).toEqual([0, "equal", undefined]);
    expect(await verify("--connect", "halt")).toEqual([0, "equal", "hash"]);
    expect(await verify("--connect", "halt", "--verify", "read")).toEqual([0, "equal", undefined]);
  });
});
