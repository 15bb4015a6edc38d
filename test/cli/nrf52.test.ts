import { resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Workspace } from "./workspace.ts";

const CHIP = "nRF52840_xxAA";
const BLINKY = resolve("examples/nrf52840-blinky/firmware.hex");

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.clear());

const board = (keys = "", twin = CHIP) => [
  ...["--chip", CHIP],
  ...["--probe", `twin:${twin},state=${workspace.path("board")}${keys}`],
];

describe("an nRF52840 on each probe", () => {
  it.each(["jlink", "jlink-hs", "cmsis-dap", "cmsis-dap-hs", "cmsis-dap-v1"])(
    "%s: it is recognised, flashed, verified, run and erased",
    async (probe) => {
      const at = board(`,flash=zero,probe=${probe}`);
      expect((await workspace.json("info", ...at)).result).toMatchObject({ chip: CHIP, match: "yes" });
      expect((await workspace.json("plan", BLINKY, ...at)).exit).toBe(0);
      expect((await workspace.json("flash", BLINKY, ...at)).result).toMatchObject({ verify: { verdict: "equal" } });
      expect((await workspace.json("verify", BLINKY, ...at)).exit).toBe(0);
      expect((await workspace.fp("read", "0:+4", ...at)).out).toContain("00 00 04 20");
      expect((await workspace.fp("reset", ...at)).exit).toBe(0);
      expect((await workspace.fp("run", "--uart", "stdout", "--until", "blink 3", ...at)).out).toContain("blink 2");
      expect((await workspace.json("erase", "--range", "0:+0x1000", ...at)).exit).toBe(0);
      expect((await workspace.fp("read", "0:+4", ...at)).out).toContain("FF FF FF FF");
    },
  );

  it("is flashed without code on the chip, too", async () => {
    const flash = await workspace.json("flash", BLINKY, "--loader", "direct", ...board());
    expect(flash.result).toMatchObject({ verify: { verdict: "equal" } });
  });
});

describe("the siblings of the nRF52840", () => {
  it.each(["nRF52832_xxAA", "nRF52833_xxAA"])("%s: is recognised, flashed and verified", async (chip) => {
    const at = ["--chip", chip, "--probe", `twin:${chip},state=${workspace.path(chip)}`];
    expect((await workspace.json("info", ...at)).result).toMatchObject({ chip, match: "yes" });
    expect((await workspace.json("flash", BLINKY, ...at)).result).toMatchObject({ verify: { verdict: "equal" } });
    const other = await workspace.json("flash", BLINKY, "--chip", CHIP, ...at.slice(2));
    expect(other.error?.code).toBe("chip-mismatch");
  });
});

describe("a locked nRF52840", () => {
  it.each([CHIP, `${CHIP}-F0`])("%s: is opened by the CTRL-AP with the consent, and UICR gets 0x5A", async (twin) => {
    const at = board(",locked=1", twin);
    expect((await workspace.fp("info", ...at)).out).toContain("locked: yes (a mass erase opens it)");
    expect((await workspace.json("flash", BLINKY, ...at)).exit).toBe(5);
    expect((await workspace.json("unlock", ...at)).exit).toBe(5);
    expect((await workspace.json("unlock", "--allow-mass-erase", ...at)).exit).toBe(0);
    expect((await workspace.fp("read", "0x10001208:+4", ...at)).out).toContain("5A FF FF FF");
    expect((await workspace.json("flash", BLINKY, ...at)).exit).toBe(0);
  });
});

describe("Commander with an nRF52840", () => {
  it("loads, verifies, erases, and opens it by unlock nRF", async () => {
    const image = workspace.write("image.bin", Uint8Array.of(1, 2, 3, 4));
    const lines = [
      ...[`device ${CHIP}`, "si SWD", "speed 4000", "connect"],
      ...[
        `loadbin ${image} 0x1000`,
        `verifybin ${image} 0x1000`,
        "erase 0x1000 0x2000",
        "mem32 0x1000 1",
        "unlock nRF",
        "q",
      ],
    ];
    const script = workspace.write("all.jlink", lines.join("\n"));
    const run = await workspace.fp("commander", "--dry-run", "--strict", script);
    expect(run.exit, run.out).toBe(0);
    expect(run.out).toContain(`Device "NRF52840_XXAA" selected.`);
    expect(run.out).toContain("Verify successful.");
    expect(run.out).toContain("00001000 = FFFFFFFF");
    expect(run.out).toContain("Unlocking device...O.K.");
  });

  it.each([
    ["the boot loader's address", "0x10001014", [0x00, 0x80, 0x0f, 0x00], "10001014 = 000F8000", undefined],
    [
      "a closing APPROTECT, which stays open",
      "0x10001208",
      [0x00, 0xff, 0xff, 0xff],
      "10001208 = FFFFFF5A",
      "APPROTECT",
    ],
  ] as const)("programs %s in UICR as part of a download", async (_, at, bytes, word, declared) => {
    const image = workspace.write("uicr.bin", Uint8Array.from(bytes));
    const lines = [`device ${CHIP}`, "si SWD", "speed 4000", "connect", `loadbin ${image} ${at}`, `mem32 ${at} 1`, "q"];
    const script = workspace.write("uicr.jlink", lines.join("\n"));
    const run = await workspace.fp("commander", "--dry-run", script);
    expect(run.out).toContain("O.K.");
    expect(run.out).toContain(word);
    if (declared) expect(run.err).toContain(declared);
  });
});

describe("UICR", () => {
  const uicr = (...bytes: number[]) => `${workspace.write("uicr.bin", Uint8Array.from(bytes))}@0x10001208`;
  const approtect = (byte: number) => uicr(byte, 0xff, 0xff, 0xff);
  const word = async (at = board()) => (await workspace.fp("read", "0x10001208:+4", ...at)).out;

  it("is not changed by a job for the code flash", async () => {
    await workspace.json("flash", BLINKY, ...board(",flash=zero"));
    expect(await word()).toContain("FF FF FF FF");
  });

  it("is not changed by an image with bytes for it where the job does not name it", async () => {
    const run = await workspace.json("flash", approtect(0x5a), ...board());
    expect([run.exit, run.error?.code]).toEqual([5, "bank-not-named"]);
  });

  it.each([
    [0x00, "access port protected"],
    [0xff, "access port protected on builds F0 and later"],
    [0x01, "access port protected on builds F0 and later"],
  ])("with APPROTECT 0x%s in the image is refused with exit 5, with field and words", async (byte, words) => {
    const run = await workspace.json("plan", approtect(byte), "--bank", "uicr", ...board());
    const needs = run.result["needs"] as unknown as readonly { act: string; why: string }[];
    expect([run.exit, needs[0].act]).toEqual([5, "lock"]);
    expect(needs[0].why).toContain(`(${words}): after the next power-up or pin reset`);
    expect((await workspace.json("flash", approtect(byte), "--bank", "uicr", ...board())).exit).toBe(5);
    expect(await word()).toContain("FF FF FF FF");
  });

  it("keeps the chip open with keep-open, which it declares", async () => {
    const run = await workspace.json("flash", approtect(0), "--bank", "uicr", "--security", "keep-open", ...board());
    expect(run.exit).toBe(0);
    expect(run.result["changes"]).toMatchObject([{ field: "APPROTECT", from: "0x00", to: "0x5A" }]);
    expect(await word()).toContain("5A FF FF FF");
  });

  it("locks the chip by as-image after the next power-up, and unlock opens it", async () => {
    const lock = ["--bank", "uicr", "--security", "as-image"];
    expect((await workspace.json("flash", approtect(0), ...lock, ...board())).exit).toBe(0);
    expect((await workspace.fp("info", ...board())).out).toContain("locked: no");
    expect((await workspace.fp("info", ...board(",power=cycle"))).out).toContain("locked: yes (a mass erase opens it)");
    expect((await workspace.json("unlock", "--allow-mass-erase", ...board())).exit).toBe(0);
    expect((await workspace.fp("info", ...board(",power=cycle"))).out).toContain("locked: no");
  });

  it("gets 0x5A in the same job where it is erased", async () => {
    const at = board("", `${CHIP}-F0`);
    expect((await workspace.json("erase", "--bank", "uicr", ...at)).exit).toBe(0);
    expect(await word(at)).toContain("5A FF FF FF");
  });

  it("of a hardened build stays open over a power-up only with firmware that writes APPROTECT.DISABLE", async () => {
    const at = (keys = "") => board(`,flash=zero${keys}`, `${CHIP}-F0`);
    await workspace.json("flash", BLINKY, ...at());
    await workspace.fp("reset", ...at());
    await workspace.fp("run", "--for", "1", ...at(",power=cycle"));
    expect((await workspace.fp("info", ...at())).out).toContain("locked: no");
    await workspace.json("erase", "--range", "0:+0x1000", ...at());
    expect((await workspace.fp("info", ...at(",power=cycle"))).out).toContain("locked: yes");
  });
});
