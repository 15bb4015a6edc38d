import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { bootloaderWith, CHIP, Workspace, example } from "./workspace.ts";
import { EVENT } from "./schemas/envelope.ts";

const workspace = new Workspace();
const board = workspace.board();
const SMALL = example("small.hex");
afterAll(() => workspace.clear());

/** Firmware that runs and waits in between. */
const AWAKE_OR_ASLEEP = ["running", "sleeping"];

/** The bytes that a HEX file of plain data records names, by address. */
function hexBytes(path: string): ReadonlyMap<number, number> {
  const bytes = new Map<number, number>();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [count, address, type] = [line.slice(1, 3), line.slice(3, 7), line.slice(7, 9)].map((d) =>
      Number.parseInt(d, 16),
    );
    if (type !== 0) continue;
    for (let i = 0; i < count; i++) bytes.set(address + i, Number.parseInt(line.slice(9 + 2 * i, 11 + 2 * i), 16));
  }
  return bytes;
}

describe("flash", () => {
  it("programs the file's bytes and nothing else, verifies them, and the chip runs", async () => {
    const run = await workspace.json("flash", SMALL, ...board);
    expect(run).toMatchObject({ exit: 0, result: { locked: false, verify: { verdict: "equal" } } });
    const memory = await workspace.memory("0:0x4000", ...board);
    for (const [address, value] of hexBytes(SMALL)) expect(memory[address]).toBe(value);
    expect(AWAKE_OR_ASLEEP).toContain((await workspace.json("info", ...board)).result.core.state);
  });

  it("a second time finds nothing to do", async () => {
    const run = await workspace.json("flash", SMALL, ...board);
    expect(run.result).toMatchObject({ programmed: 0, erased: 0, steps: 0 });
  });

  it("keeps the rest of a sector that it touches", async () => {
    const target = workspace.board("keep.k24");
    await workspace.fp("flash", SMALL, ...target);
    const before = await workspace.memory("0x2000:0x3000", ...target);
    const patch = workspace.write("patch.bin", Uint8Array.of(1, 2, 3, 4));
    expect((await workspace.json("flash", `${patch}@0x2104`, ...target)).exit).toBe(0);
    before.set([1, 2, 3, 4], 0x104);
    expect(await workspace.memory("0x2000:0x3000", ...target)).toEqual(before);
  });

  it("takes several files, each at its address", async () => {
    const target = workspace.board("two.k24");
    const [a, b] = [workspace.write("a.bin", Uint8Array.of(0xaa)), workspace.write("b.bin", Uint8Array.of(0xbb))];
    expect((await workspace.json("flash", `${a}@0x10000`, `${b}@0x20000`, ...target)).result.sectors).toHaveLength(2);
    expect([...(await workspace.memory("0x10000:+1", ...target))]).toEqual([0xaa]);
    expect([...(await workspace.memory("0x20000:+1", ...target))]).toEqual([0xbb]);
  });

  it("--halt leaves the core at its reset vector", async () => {
    const target = workspace.board("halted.k24");
    await workspace.fp("flash", SMALL, "--halt", ...target);
    expect((await workspace.json("info", ...target)).result.core.state).toBe("halted");
  });

  it("--dry-run does it all on a twin, and the board stays as it was", async () => {
    const target = workspace.board("dry.k24");
    await workspace.fp("info", ...target);
    const before = await workspace.memory("0:0x4000", ...target);
    const run = await workspace.json("flash", SMALL, "--dry-run", ...target);
    expect(run.result.verify.verdict).toBe("equal");
    expect(await workspace.memory("0:0x4000", ...target)).toEqual(before);
  });

  it("times on a twin are marked as virtual, and are the same each time", async () => {
    const [one, two] = [
      await workspace.fp("flash", SMALL, "--json", ...workspace.board("t1.k24")),
      await workspace.fp("flash", SMALL, "--json", ...workspace.board("t2.k24")),
    ];
    expect(JSON.parse(one.out)).toMatchObject({ clock: "virtual" });
    expect(one.out).toBe(two.out);
  });

  it("--events ndjson reports every phase on stderr, each up to its end", async () => {
    const run = await workspace.fp(
      "flash",
      example("bootloader.hex"),
      "--security",
      "keep-open",
      "--events",
      "ndjson",
      "-q",
      ...workspace.board("ev.k24"),
    );
    const events = run.err
      .trim()
      .split("\n")
      .map((line) => EVENT.parse(JSON.parse(line)));
    expect([...new Set(events.map((e) => e.phase))]).toEqual(["compare", "erase", "program", "verify"]);
    for (const phase of ["compare", "erase", "program", "verify"]) {
      const last = events.filter((e) => e.phase === phase).at(-1);
      expect(last?.done).toBe(last?.total);
    }
    const times = events.map((e) => e.t);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("progress is a line on a terminal, and nothing with -q, in CI or in a pipe", async () => {
    const target = workspace.board("progress.k24");
    const words = async (terminal: object, ...more: string[]) => {
      workspace.terminal = { errIsTerminal: true, ...terminal };
      const run = await workspace.fp("flash", SMALL, ...more, ...target);
      workspace.terminal = {};
      return run.err;
    };
    expect(await words({})).toMatch(/verify {3}\[={20}\] 100 %\n/);
    expect(await words({}, "-q")).toBe("");
    expect(await words({ env: { CI: "1" } })).toBe("");
    expect(await words({ errIsTerminal: false })).toBe("");
  });
});

describe("plan", () => {
  it("without a probe counts every touched sector as unknown", async () => {
    const run = await workspace.json("plan", SMALL, "--chip", CHIP);
    expect(run).toMatchObject({ exit: 0, result: { refused: false, security: "refuse" } });
    expect(run.result.sectors).toHaveLength(3);
  });

  it("with a probe plans against what is on the chip, and touches nothing", async () => {
    const target = workspace.board("planned.k24");
    await workspace.fp("flash", SMALL, ...target);
    expect((await workspace.json("plan", SMALL, ...target)).result.steps).toBe(0);
  });

  it("of the example is refused with exit 5, and names the consent it needs", async () => {
    const run = await workspace.fp("plan", example("bootloader.hex"), "--chip", CHIP);
    expect(run.exit).toBe(5);
    expect(run.out).toContain("security byte after: FSEC 0x7B (secured)");
    expect(run.out).toContain("needs consent (lock): ");
    expect(run.err).toContain("hint: To leave the chip open instead: --security keep-open.");
  });

  it("keep-open declares the change and needs no consent", async () => {
    const run = await workspace.json("plan", example("bootloader.hex"), "--security", "keep-open", "--chip", CHIP);
    expect(run).toMatchObject({ exit: 0, result: { needs: [], changes: [{ from: "0x7B", to: "0x7A" }] } });
  });
});

describe("erase", () => {
  const target = workspace.board("erase.k24");
  const restore = () => workspace.fp("flash", SMALL, ...target);
  const isBlank = async (range: string) => (await workspace.memory(range, ...target)).every((byte) => byte === 0xff);

  it("--chip-all leaves everything blank, and FSEC open", async () => {
    await restore();
    expect(await workspace.json("erase", "--chip-all", ...target)).toMatchObject({ exit: 0 });
    expect(await isBlank("0:0x400")).toBe(true);
    expect(await isBlank("0x410:0x100000")).toBe(true);
    expect([...(await workspace.memory("0x40C:+1", ...target))]).toEqual([0xfe]);
  });

  it("--sectors erases whole sectors and no other", async () => {
    await restore();
    const [first, third] = [
      await workspace.memory("0:0x1000", ...target),
      await workspace.memory("0x2000:0x3000", ...target),
    ];
    expect((await workspace.json("erase", "--sectors", "0x1000:0x2000", ...target)).exit).toBe(0);
    expect(await isBlank("0x1000:0x2000")).toBe(true);
    expect(await workspace.memory("0:0x1000", ...target)).toEqual(first);
    expect(await workspace.memory("0x2000:0x3000", ...target)).toEqual(third);
  });

  it("--range keeps the rest of its sectors", async () => {
    await restore();
    const expected = await workspace.memory("0x1000:0x2000", ...target);
    expected.fill(0xff, 0x100, 0x300);
    expect((await workspace.json("erase", "--range", "0x1100:+0x200", ...target)).exit).toBe(0);
    expect(await workspace.memory("0x1000:0x2000", ...target)).toEqual(expected);
  });

  it("of the first sector leaves the chip open", async () => {
    await restore();
    const run = await workspace.fp("erase", "--sectors", "0:0x1000", ...target);
    expect(run.out).toContain("the security byte is left open");
    expect([...(await workspace.memory("0x40C:+1", ...target))]).toEqual([0xfe]);
    expect((await workspace.json("reset", ...target)).result.locked).toBe(false);
  });

  it.each([
    ["nothing named", []],
    ["two things named", ["--chip-all", "--sectors", "0:0x1000"]],
    ["a sector's address off its border", ["--sectors", "0x100:0x1000"]],
    ["sectors that end off a border", ["--sectors", "0:0x1001"]],
  ])("with %s is a usage error", async (_, argv) => {
    expect(await workspace.json("erase", ...argv, ...target)).toMatchObject({ exit: 2, error: { code: "usage" } });
  });
});

describe("read and write", () => {
  const RAM = "0x20001000";

  it("what was written is read, in bytes, halfwords and words", async () => {
    await workspace.json("write", RAM, "0x12345678", "0x9ABCDEF0", ...board);
    await workspace.json("write", "0x20001008", "0x1122", "--width", "16", ...board);
    await workspace.json("write", "0x2000100A", "0x33", "0x44", "--width", "8", ...board);
    const run = await workspace.json("read", `${RAM}:+12`, ...board);
    expect(run.result).toMatchObject({ start: "0x20001000", length: 12, bytes: "0x78563412F0DEBC9A22113344" });
  });

  it("any start and any length", async () => {
    expect((await workspace.json("read", "0x20001001:+3", ...board)).result.bytes).toBe("0x563412");
    expect((await workspace.json("read", "0x20001003:0x20001005", ...board)).result.bytes).toBe("0x12F0");
  });

  it("one byte of a register block is read by one access of 8 bits, where a word faults", async () => {
    expect((await workspace.json("read", "0x40064006:+1", ...board)).result).toMatchObject({ length: 1 });
    expect((await workspace.fp("read", "0x40064004:+4", ...board)).exit).toBe(1);
  });

  it("flash is read twice, and once with --once", async () => {
    const file = workspace.path("read.bin");
    const twice = await workspace.fp("read", "0:+64", "-o", file, ...board);
    expect(twice.out).toBe(`64 bytes from 0x00000000 to ${file}, read twice\n`);
    expect((await workspace.json("read", "0:+64", ...board)).result.readings).toBe(2);
    expect((await workspace.json("read", "0:+64", "--once", ...board)).result.readings).toBe(1);
  });

  it("prints lines of 16 bytes for people", async () => {
    const run = await workspace.fp("read", `${RAM}:+18`, ...board);
    expect(run.out).toMatch(
      /^20001000 {2}78 56 34 12 F0 DE BC 9A 22 11 33 44( [0-9A-F]{2}){4}\n20001010( {2}| )([0-9A-F]{2} ?){2}\n$/,
    );
  });

  it("an address without memory exits 1, and the error is the bus fault", async () => {
    const run = await workspace.json("read", "0x60000000:+4", ...board);
    expect(run).toMatchObject({ exit: 1, error: { code: "memory-fault" } });
  });

  it("looking does not stop running firmware", async () => {
    const target = workspace.board("running.k24");
    await workspace.fp("flash", SMALL, ...target);
    for (const argv of [
      ["read", "0:16"],
      ["verify", SMALL],
      ["plan", SMALL],
      ["write", "0x2002FFF0", "1"],
    ])
      await workspace.fp(...argv, ...target);
    expect(AWAKE_OR_ASLEEP).toContain((await workspace.json("info", ...target)).result.core.state);
  });
});

describe("reset", () => {
  it("--halt stops before the first instruction", async () => {
    expect((await workspace.json("reset", "--halt", ...board)).result).toEqual({ after: "halt", locked: false });
    expect((await workspace.json("info", ...board)).result.core.state).toBe("halted");
    await workspace.json("reset", ...board);
    expect(AWAKE_OR_ASLEEP).toContain((await workspace.json("info", ...board)).result.core.state);
  });
});

describe("list, chips and info", () => {
  it("list shows the probe of a twin", async () => {
    const run = await workspace.fp("list", "--probe", workspace.twin());
    expect(run.exit).toBe(0);
    expect(run.out).toMatch(/^J-Link {2}59304712 {2}J-Link V9 compiled May {2}7 2021 16:26:12 {2}V9\.30 {2}\(twin:/);
    expect((await workspace.json("list", "--probe", workspace.twin())).result.probes[0]).toMatchObject({
      driver: "jlink",
    });
  });

  it("chips lists what is known, and what holds a text", async () => {
    expect((await workspace.json("chips", "kinetis")).result.chips).toMatchObject([
      { name: CHIP, vendor: "NXP", origin: "own", banks: [{ id: "main", start: "0x00000000", length: 0x100000 }] },
      { name: "MK64FN1M0xxx12" },
    ]);
    expect((await workspace.json("chips", "k24")).result.chips).toHaveLength(1);
    expect((await workspace.json("chips", "nothing like it")).exit).toBe(8);
    expect((await workspace.fp("chips")).out).toContain(`${CHIP}  NXP, Kinetis K24 `);
  });

  it("info shows probe, voltage, ports, core, chip and every bit of the security field in words", async () => {
    const run = await workspace.fp("info", ...board);
    for (const line of [
      /^probe: {3}J-Link/m,
      /^voltage: 3\.314 V$/m,
      /^DP: {6}0x2BA01477$/m,
      /^AP\[0\]: {3}AHB-AP/m,
      /^core: {4}Cortex-M4 r0p1, (running|asleep .*)$/m,
      /^locked: no$/m,
      /FSEC\.SEC +1:0 +0x2 +open$/m,
    ]) {
      expect(run.out).toMatch(line);
    }
  });

  it("the security field stands in columns", async () => {
    const rows = (await workspace.fp("info", ...board)).out
      .split("\n")
      .filter((line) => /^ {2}0x0000040[0-9A-F] {2}/.test(line));
    expect(rows.length).toBeGreaterThan(10);
    const columns = rows.map((row) => row.indexOf("0x", 5));
    expect(new Set(columns).size).toBe(1);
  });

  it("info prints that a blank chip reset over and over until its core was held", async () => {
    const blank = workspace.board("blank.k24");
    const run = await workspace.fp("info", ...blank);
    expect(run.out).toContain("it was resetting over and over until it was caught");
    expect((await workspace.json("info", ...workspace.board("blank2.k24"))).result).toMatchObject({
      looping: true,
      locked: false,
    });
  });

  it("info finds out which chip it is, blank or not", async () => {
    const blank = await workspace.fp("info", "--probe", workspace.twin("unnamed.k24"));
    expect(blank).toMatchObject({ exit: 0 });
    expect(blank.out).toContain("chip:    MK24FN1M0xxx12");
    expect(blank.out).toContain("locked: no");
  });

  it("info of a locked chip without --chip prints what --chip would add", async () => {
    const run = await workspace.fp("info", "--probe", `${workspace.twin("unnamed-locked.k24")},locked=1`);
    expect(run.exit).toBe(0);
    expect(run.out).toMatch(/locked: yes[\s\S]*--chip/);
  });
});

describe("explain", () => {
  const locks = () => workspace.write("locks.bin", bootloaderWith(0x40c, 0x7b));
  const bricks = () => workspace.write("bricks.bin", bootloaderWith(0x40c, 0x64));

  it("prints layout, vectors and the security bytes, without a probe", async () => {
    const run = await workspace.json("explain", example("bootloader.elf"), "--chip", CHIP);
    expect(run.result).toMatchObject({
      format: "elf",
      vectors: { stack: "0x20030000" },
      findings: [{ id: "fsec-locks" }],
    });
    expect((await workspace.fp("explain", example("bootloader.elf"), "--chip", CHIP)).out).toMatch(
      /FSEC\.SEC +1:0 +0x3 +secured$/m,
    );
  });

  it.each([
    ["a lock", locks, undefined, 0],
    ["a lock", locks, "lock", 1],
    ["a lock", locks, "none", 0],
    ["a brick", bricks, undefined, 1],
    ["a brick", bricks, "lock", 1],
    ["a brick", bricks, "none", 0],
  ])("%s with --fail-on has the exit code of its findings (%#)", async (_, file, failOn, exit) => {
    const run = await workspace.json(
      "explain",
      `${file()}@0`,
      "--chip",
      CHIP,
      ...(failOn ? ["--fail-on", failOn] : []),
    );
    expect(run.exit).toBe(exit);
    if (exit === 1) expect(run.error?.code).toBe("image-findings");
  });

  it("without a chip prints the layout only", async () => {
    expect((await workspace.json("explain", SMALL)).result).toMatchObject({ format: "hex", findings: [] });
  });
});
