import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootloaderWith, Workspace, example } from "./workspace.ts";

const BOOTLOADER = example("bootloader.raw.bin");
const FSEC = "0x40C:+1";

const workspace = new Workspace();
afterAll(() => workspace.clear());

describe("a chip that is locked and opened again", () => {
  const board = workspace.board("locked.k24");

  it("as-image programs the security byte as it stands in the file", async () => {
    const run = await workspace.json("flash", BOOTLOADER, "--security", "as-image", ...board);
    expect(run.exit).toBe(0);
    expect(run.result).toMatchObject({ locked: true, changes: [], verify: { verdict: "equal" } });
  });

  it("a reset leaves it locked, and is no failure", async () => {
    const run = await workspace.fp("reset", ...board);
    expect(run).toMatchObject({ exit: 0, out: "reset done; the chip is locked now\n" });
  });

  it("info reports the lock and exits 0", async () => {
    const run = await workspace.fp("info", ...board);
    expect(run.exit).toBe(0);
    expect(run.out).toContain("\nlocked: yes (a mass erase opens it)\n");
    expect((await workspace.json("info", ...board)).result).toMatchObject({ locked: true, massErase: true });
  });

  it("read exits 5 and writes no file", async () => {
    const run = await workspace.json("read", "0:4", "-o", workspace.path("stolen.bin"), ...board);
    expect(run).toMatchObject({ exit: 5, error: { code: "target-locked" } });
    expect(workspace.has("stolen.bin")).toBe(false);
  });

  it.each(["verify", "plan", "flash"])("%s exits 5", async (verb) => {
    expect(await workspace.json(verb, BOOTLOADER, "--security", "as-image", ...board)).toMatchObject({
      exit: 5,
      error: { code: "target-locked" },
    });
  });

  it("unlock prints what will be lost, and without consent exits 5", async () => {
    const run = await workspace.fp("unlock", ...board);
    expect(run.exit).toBe(5);
    expect(run.err).toContain("a mass erase loses all 1024 KB of flash");
    expect(run.err).toContain("hint: If you mean it: --allow-mass-erase.");
    expect((await workspace.json("unlock", ...board)).error?.code).toBe("unlock-consent");
  });

  it("unlock --allow-mass-erase opens it, blank but for FSEC 0xFE", async () => {
    expect((await workspace.json("unlock", "--allow-mass-erase", ...board)).result).toEqual({
      unlocked: true,
      locked: false,
      massErased: true,
    });
    expect([...(await workspace.memory(FSEC, ...board))]).toEqual([0xfe]);
    expect(new Set(await workspace.memory("0:0x400", ...board))).toEqual(new Set([0xff]));
  });

  it("unlock of an open chip erases nothing, whatever was allowed", async () => {
    const run = await workspace.json("unlock", "--allow-mass-erase", ...board);
    expect(run).toMatchObject({ exit: 0, result: { unlocked: false, locked: false } });
  });
});

describe("a new board that starts secured", () => {
  it("is opened by flash on its way, where a mass erase was allowed", async () => {
    const board = workspace.board("secured.k24", ",locked=1");
    expect((await workspace.json("flash", example("small.hex"), ...board)).error?.code).toBe("target-locked");
    const run = await workspace.json("flash", example("small.hex"), "--allow-mass-erase", ...board);
    expect(run).toMatchObject({ exit: 0, result: { massErased: true, verify: { verdict: "equal" } } });
    const again = await workspace.json("flash", example("small.hex"), "--allow-mass-erase", ...board);
    expect(again).toMatchObject({ exit: 0, err: "", result: { massErased: false } });
  });
});

describe("a mass erase on a verb's way", () => {
  const ANNOUNCED = "warning: MK24FN1M0xxx12 is locked: a mass erase loses all 1024 KB of flash\n";
  const REPORTED = "mass erase: everything that stood on the chip was erased before\n";

  it.each([
    ["flash", example("small.hex")],
    ["erase", "--chip-all"],
  ])("%s announces it on stderr, with -q too, and reports it on stdout", async (verb, word) => {
    const board = workspace.board(`announced-${verb}.k24`, ",locked=1");
    const run = await workspace.fp(verb, word, "--allow-mass-erase", "-q", ...board);
    expect(run.exit).toBe(0);
    expect(run.err).toBe(ANNOUNCED);
    expect(run.out.startsWith(REPORTED)).toBe(true);
  });

  it("erase has massErased in --json", async () => {
    const board = workspace.board("announced-json.k24", ",locked=1");
    const run = await workspace.json("erase", "--chip-all", "--allow-mass-erase", ...board);
    expect(run).toMatchObject({ exit: 0, result: { massErased: true } });
    expect((await workspace.json("erase", "--chip-all", ...board)).result.massErased).toBe(false);
  });

  it("unlock announces it once", async () => {
    const run = await workspace.fp(
      "unlock",
      "--allow-mass-erase",
      ...workspace.board("announced-unlock.k24", ",locked=1"),
    );
    expect(run).toMatchObject({ exit: 0, err: ANNOUNCED });
  });

  it("flash announces the one that a protected region needs", async () => {
    const board = workspace.board("protected.k24");
    const file = workspace.write("protects.bin", bootloaderWith(0x408, 0xfe));
    const keepOpen = ["--security", "keep-open"];
    expect((await workspace.json("flash", `${file}@0`, ...keepOpen, ...board)).exit).toBe(0);
    await workspace.fp("reset", ...board);
    const run = await workspace.json("flash", example("small.hex"), "--allow-mass-erase", ...board);
    expect(run).toMatchObject({ exit: 0, result: { massErased: true } });
    expect(run.err).toContain("is write-protected by FPROT: a mass erase loses all 1024 KB of flash");
  });

  it("flash does none for an image that is refused anyway", async () => {
    const board = workspace.board("refused-locked.k24", ",locked=1");
    const run = await workspace.json("flash", BOOTLOADER, "--allow-mass-erase", ...board);
    expect(run).toMatchObject({ exit: 5, error: { code: "consent-missing" } });
    expect((await workspace.json("info", ...board)).result.locked).toBe(true);
  });
});

describe("what would lock a chip is refused without consent", () => {
  const fresh = workspace.board("fresh.k24");

  it("without a policy: exit 5, nothing is written, and the ways out are named", async () => {
    const before = await workspace.memory("0:0x2000", ...fresh);
    const run = await workspace.json("flash", BOOTLOADER, ...fresh);
    expect(run).toMatchObject({ exit: 5, error: { code: "consent-missing" } });
    expect(run.error?.hints.join(" ")).toMatch(/--security keep-open.*--security as-image/);
    expect(await workspace.memory("0:0x2000", ...fresh)).toEqual(before);
  });

  it.each([
    ["0x6F", "mass erase disabled, secured"],
    ["0x64", "mass erase disabled, secured by another pattern"],
  ])("FSEC %s locks for ever: as-image alone exits 5 and writes nothing", async (fsec) => {
    const file = workspace.write("for-ever.bin", bootloaderWith(0x40c, Number(fsec)));
    const before = await workspace.memory("0:0x2000", ...fresh);
    const run = await workspace.json("flash", `${file}@0`, "--security", "as-image", ...fresh);
    expect(run).toMatchObject({ exit: 5, error: { code: "consent-missing" }, details: { act: "lock-for-ever" } });
    expect(await workspace.memory("0:0x2000", ...fresh)).toEqual(before);
  });

  it("a power cut that could lock for ever needs a consent of its own", async () => {
    const file = workspace.write("near.bin", bootloaderWith(0x40c, 0xee));
    const run = await workspace.json("plan", `${file}@0`, "--security", "as-image", "--chip", "MK24FN1M0xxx12");
    expect(run.exit).toBe(5);
    expect(run.result.needs).toMatchObject([{ act: "near-lock", value: "0xEE" }]);
  });

  it("a word that is no policy is a usage error", async () => {
    expect(await workspace.json("flash", BOOTLOADER, "--security", "yes", ...fresh)).toMatchObject({
      exit: 2,
      error: { code: "usage" },
    });
  });
});

describe("the token of an irreversible act", () => {
  const board = workspace.board("token.k24");
  const file = workspace.write("irreversible.bin", bootloaderWith(0x40c, 0x64));
  let token = "";

  beforeAll(async () => {
    const run = await workspace.fp("plan", `${file}@0`, "--security", "as-image", "--chip", "MK24FN1M0xxx12");
    expect(run.exit).toBe(5);
    token = /--allow-irreversible (irrev-lock-for-ever-[0-9a-f]{8})/.exec(run.out)?.[1] ?? "";
  });

  it("is printed by plan, for people and in --json", async () => {
    expect(token).not.toBe("");
    const run = await workspace.json("plan", `${file}@0`, "--security", "as-image", "--chip", "MK24FN1M0xxx12");
    expect(run.result.needs).toMatchObject([{ act: "lock-for-ever", value: "0x64", token }]);
    expect(run.error?.hints[0]).toContain(token);
  });

  it("makes plan agree", async () => {
    const agreed = ["--security", "as-image", "--allow-irreversible", token];
    const run = await workspace.json("plan", `${file}@0`, ...agreed, "--chip", "MK24FN1M0xxx12");
    expect(run).toMatchObject({ exit: 0, result: { refused: false } });
  });

  it("does not fit another image", async () => {
    const other = workspace.write("other.bin", bootloaderWith(0x40c, 0x6f));
    const run = await workspace.json(
      "flash",
      `${other}@0`,
      "--security",
      "as-image",
      "--allow-irreversible",
      token,
      ...board,
    );
    expect(run).toMatchObject({ exit: 5, error: { code: "consent-missing" } });
  });

  it("a wrong token allows nothing", async () => {
    const wrong = "irrev-lock-for-ever-00000000";
    const run = await workspace.json(
      "flash",
      `${file}@0`,
      "--security",
      "as-image",
      "--allow-irreversible",
      wrong,
      ...board,
    );
    expect(run).toMatchObject({ exit: 5, error: { code: "consent-missing" } });
    expect([...(await workspace.memory(FSEC, ...board))]).toEqual([0xfe]);
  });

  it("allows nothing beside --security refuse, which fails with a code of its own", async () => {
    const words = [`${file}@0`, "--security", "refuse", "--allow-irreversible", token];
    const run = await workspace.json("flash", ...words, ...board);
    expect(run).toMatchObject({ exit: 5, error: { code: "security-refused" }, details: { act: "lock-for-ever" } });
    expect([...(await workspace.memory(FSEC, ...board))]).toEqual([0xfe]);
    const plan = await workspace.json("plan", ...words, "--chip", "MK24FN1M0xxx12");
    expect(plan).toMatchObject({ exit: 5, error: { code: "security-refused" }, result: { refused: true } });
  });

  it("allows the act, and the chip is locked for ever then", async () => {
    const run = await workspace.json(
      "flash",
      `${file}@0`,
      "--security",
      "as-image",
      "--allow-irreversible",
      token,
      ...board,
    );
    expect(run).toMatchObject({ exit: 0, result: { locked: true } });
    expect((await workspace.json("info", ...board)).result).toMatchObject({ locked: true, massErase: false });
    const unlock = await workspace.json("unlock", "--allow-mass-erase", ...board);
    expect(unlock).toMatchObject({ exit: 5, error: { code: "target-locked-for-ever" } });
  });
});

describe("keep-open", () => {
  const board = workspace.board("open.k24");

  it("changes the one byte, and prints the change before and after", async () => {
    const run = await workspace.fp("flash", BOOTLOADER, "--security", "keep-open", ...board);
    expect(run.exit).toBe(0);
    expect(run.err).toContain("declared: FSEC 0x7B (secured) becomes 0x7A (open)");
    expect(run.out).toContain("declared: FSEC 0x7B (secured) becomes 0x7A (open)");
    expect(run.out).toContain("but for what was declared");
  });

  it("with both streams on one terminal prints the change once", async () => {
    workspace.terminal = { errIsTerminal: true, streamsAreOne: true };
    const run = await workspace.fp("flash", BOOTLOADER, "--security", "keep-open", ...board);
    workspace.terminal = {};
    expect((run.err + run.out).match(/becomes 0x7A/g)).toHaveLength(1);
  });

  it("verify without the policy exits 6, decodes the byte and names the cause", async () => {
    const run = await workspace.json("verify", BOOTLOADER, ...board);
    expect(run).toMatchObject({ exit: 6, error: { code: "verify-differs" } });
    expect(run.result).toMatchObject({
      verdict: "different",
      differences: [{ address: "0x0000040C", length: 1, expected: "0x7B", actual: "0x7A" }],
      causes: { fields: [{ name: "FSEC", image: "0x7B", chip: "0x7A" }] },
    });
    expect(run.result.causes.causes[0]).toMatchObject({ id: "loader-kept-open" });
    const words = await workspace.fp("verify", BOOTLOADER, ...board);
    expect(words.exit).toBe(6);
    expect(words.out).toContain("0x0000040C 1 bytes: expected 7B read 7A");
    expect(words.out).toContain("[loader-kept-open]");
  });

  it("verify with the policy exits 0 and lists what was declared", async () => {
    const run = await workspace.json("verify", BOOTLOADER, "--security", "keep-open", ...board);
    expect(run).toMatchObject({ exit: 0, result: { verdict: "equal-but-declared" } });
    expect(run.result.declared).toEqual([{ address: "0x0000040C", field: "FSEC", from: "0x7B", to: "0x7A" }]);
  });

  it("leaves a chip that stays open after a reset", async () => {
    expect((await workspace.json("reset", ...board)).result).toEqual({ after: "run", locked: false });
    expect((await workspace.json("info", ...board)).result.locked).toBe(false);
  });
});

describe("consents are flags on one command", () => {
  const board = workspace.board("consent.k24");

  it.each([
    ["FLASHPROOF_SECURITY", "as-image"],
    ["FLASHPROOF_ALLOW_MASS_ERASE", "1"],
    ["FLASHPROOF_ALLOW_IRREVERSIBLE", "irrev-lock-for-ever-00000000"],
  ])("%s gives none: a usage error, and nothing is written", async (variable, value) => {
    workspace.terminal = { env: { [variable]: value } };
    const run = await workspace.json("flash", BOOTLOADER, ...board);
    workspace.terminal = {};
    expect(run).toMatchObject({ exit: 2, error: { code: "usage" } });
    expect(run.error?.message).toContain(`${variable} can't be set there`);
    expect(workspace.has("consent.k24")).toBe(false);
  });

  it.each(['security = "as-image"', "allow-mass-erase = true"])("flashproof.toml with %s gives none", async (line) => {
    workspace.write("flashproof.toml", `${line}\n`);
    const run = await workspace.json("flash", BOOTLOADER, ...board);
    workspace.write("flashproof.toml", "");
    expect(run).toMatchObject({ exit: 2, error: { code: "config-invalid" } });
    expect(workspace.has("consent.k24")).toBe(false);
  });
});
