import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHIP, Workspace } from "./workspace.ts";

const F407 = "STM32F407xG";

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.clear());

const board = (chip: string, keys = "") => `twin:${chip},flash=zero,state=${workspace.path("board")}${keys}`;

describe("chips", () => {
  it("prints a table: banks, whether locks are known, whose data, and that none ever ran on silicon", async () => {
    const { out } = await workspace.fp("chips", "k24");
    const [head, row] = out.split("\n");
    expect(head).toMatch(/^CHIP +VENDOR, FAMILY +CORE +BANKS +LOCKS +DATA +SILICON$/);
    expect(row).toMatch(
      /^MK24FN1M0xxx12 +NXP, Kinetis K24 +Cortex-M4 +main 1024 KB +known +Flashproof's own +never run on silicon$/,
    );
  });

  it("--json has the same, and the names of other tools", async () => {
    const { result } = await workspace.json("chips", F407);
    expect(result).toMatchObject({
      chips: [
        {
          name: F407,
          locks: "known",
          onSilicon: null,
          origin: "own",
          variants: expect.arrayContaining(["STM32F407VG", "STM32F407VGTx"]),
        },
      ],
    });
  });

  it.each(["STM32F407VG", "stm32f407vgtx", "STM32F407VGT6", "MK24FN1M0VLL12"])(
    "finds the chip of %s, a name of another tool",
    async (name) => {
      const { exit, err } = await workspace.fp(
        "read",
        "0:+4",
        "--chip",
        name,
        "--probe",
        board(name.startsWith("MK") ? CHIP : F407),
      );
      expect([exit, err]).toEqual([0, ""]);
    },
  );
});

describe("a chip that was not named", () => {
  it("is a group in info where several have the same registers", async () => {
    const { out } = await workspace.fp("info", "--probe", board(F407));
    expect(out).toContain("chip:    STM32F407xG or STM32F405xG or STM32F415xG or STM32F417xG\n");
    expect(out).toContain("nothing on the wire tells these apart");
    expect(out).toContain("locked: no");
    const { result } = await workspace.json("info", "--probe", board(F407));
    expect(result).toMatchObject({ match: "yes", group: [F407, "STM32F405xG", "STM32F415xG", "STM32F417xG"] });
  });
});

describe("a chip whose flash alone is closed", () => {
  const closed = () => ["--chip", F407, "--probe", board(F407, ",locked=1")];

  it("is named so by info, with the way to open it, and its RAM can be read", async () => {
    const { out, exit } = await workspace.fp("info", ...closed());
    expect(exit).toBe(0);
    expect(out).toMatch(
      /locked: yes \(RDP level 1.*: its flash is closed, core and RAM are open; a mass erase opens it\)/,
    );
    expect((await workspace.fp("read", "0x20000000:+4", ...closed())).exit).toBe(0);
    expect((await workspace.json("info", ...closed())).result).toMatchObject({ locked: true, debug: "partial" });
  });

  it.each([
    ["read", ["read", "0x08000000:+4"]],
    ["plan", ["plan", "FILE"]],
    ["flash", ["flash", "FILE"]],
    ["verify", ["verify", "FILE"]],
    ["erase", ["erase", "--chip-all"]],
  ])("is exit 5, target-locked, for %s, with the hint to unlock", async (_, words) => {
    workspace.write("image.bin", "0123456789abcdef");
    const args = words.map((word) => (word === "FILE" ? `${workspace.path("image.bin")}@0x08000000` : word));
    const { exit, err } = await workspace.fp(...args, ...closed());
    expect(exit).toBe(5);
    expect(err).toMatch(/STM32F407xG is locked: its flash is closed to a debugger \(RDP level 1/);
    expect(err).toContain("flashproof unlock --allow-mass-erase");
  });
});

describe("--bank", () => {
  it("reads a whole bank by its name, and is refused beside a range", async () => {
    const named = ["--chip", F407, "--probe", board(F407)];
    expect((await workspace.json("read", "--bank", "options", ...named)).result).toMatchObject({
      start: "0x1FFFC000",
      length: 16,
    });
    expect((await workspace.fp("read", "0:+4", "--bank", "options", ...named)).exit).toBe(2);
    expect((await workspace.fp("read", ...named)).exit).toBe(2);
  });

  it("that the chip has not is a usage error with the names that it has", async () => {
    const { exit, err } = await workspace.fp("erase", "--bank", "uicr", "--chip", F407, "--probe", board(F407));
    expect(exit).toBe(2);
    expect(err).toContain('The STM32F407xG has no bank "uicr"; it has main, options');
  });

  it("erases the sectors of a bank, and is a usage error for one that has none", async () => {
    const named = ["--chip", F407, "--probe", board(F407)];
    expect((await workspace.json("erase", "--bank", "main", ...named)).exit).toBe(0);
    const { exit, err } = await workspace.fp("erase", "--bank", "options", ...named);
    expect([exit, err]).toEqual([2, expect.stringContaining("has no sectors that an erase could take")]);
  });

  it("lets an image change option bytes, which is refused without it", async () => {
    workspace.write("options.bin", "\u0000\u0000\u0000\u0000");
    const file = `${workspace.path("options.bin")}@0x1fffc000`;
    const without = await workspace.json("plan", file, "--chip", F407);
    expect(without).toMatchObject({ exit: 5, error: { code: "bank-not-named" } });
    const named = await workspace.json("plan", file, "--chip", F407, "--bank", "options");
    expect(named.error?.code).not.toBe("bank-not-named");
    expect(named.result).toMatchObject({ sectors: [{ bank: "options" }] });
  });
});

describe("plan", () => {
  it("prints once that the data of the chip never ran on silicon", async () => {
    workspace.write("image.bin", "0123456789abcdef");
    const { out } = await workspace.fp("plan", `${workspace.path("image.bin")}@0x8000`, "--chip", CHIP);
    expect(out.match(/never run on silicon/g)).toHaveLength(1);
  });
});
