import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Desk, runAtDesk, type Screen, STORED_ANSWER } from "./desk.ts";
import { flashAction } from "./ide-stub.ts";
import { comparable, deviations, SEED_PARTS, SEED_PATH, seedConsole, seedLineWith } from "./seed-log.ts";

const FILE = "boot.raw.bin";
const image = readFileSync("examples/k24-bootloader/bootloader.raw.bin");

/** The seed's script with a file of our own: `examples/seed/seed.jlink`. */
const seedScript = (verified = FILE): string =>
  readFileSync("examples/seed/seed.jlink", "utf8")
    .replace(/(loadfile ").*(")/, `$1${FILE}$2`)
    .replace(/(verifybin ").*(")/, `$1${verified}$2`);

const withFsec = (fsec: number): Uint8Array => withByte(0x40c, fsec);

function withByte(address: number, value: number): Uint8Array {
  const bytes = Uint8Array.from(image);
  bytes[address] = value;
  return bytes;
}

/** The seed's session on another board, with another file, or under another name. */
const session = ({ files = { [FILE]: image }, ...desk }: Partial<Desk> = {}): Promise<Screen> =>
  runAtDesk({ board: "locked=1", settings: STORED_ANSWER, script: seedScript(), files, ...desk });

const said = (screen: Screen): string => screen.err.join("\n");

describe("the seed's session", () => {
  let screen: Screen;
  beforeAll(async () => {
    screen = await session();
  });

  it("is the file of the log: as long", () => expect(image).toHaveLength(77_252));
  it("prints every line of the log, in its order, and none beside", () =>
    expect(deviations(comparable(screen.out, FILE))).toEqual([]));
  it("compares more than sixty lines", () => expect(seedConsole().length).toBeGreaterThan(60));
  it("ends with the log's exit code", () => {
    const { after } = SEED_PARTS;
    expect(after.at(-1)).toBe(`Command failed with exit code ${screen.exit}`);
  });
  it("says first that this isn't SEGGER's program", () =>
    expect(screen.err[0]).toMatch(/^flashproof: this is Flashproof, not SEGGER software/));
  it("marks every word that isn't J-Link's", () =>
    expect(screen.err.filter((line) => !line.startsWith("flashproof: "))).toEqual([]));
  it("names the stored answer that allowed the mass erase", () =>
    expect(said(screen)).toMatch(/secured-device = "unsecure" in settings\.toml/));
  it("says at the download what it changed", () =>
    expect(said(screen)).toMatch(
      /FSEC image 0x7B \(secured\) chip 0x7A \(open\): kept open because the device name is plain/,
    ));
  it("answers the verify: byte, bits, who, what else, and both ways out", () => {
    const answer = said(screen).split("One byte differs")[1];
    expect(answer).toContain("0x0000040C: FSEC image 0x7B (secured) chip 0x7A (open)");
    expect(answer).toMatch(/SEC 11 \(secured\)/);
    expect(answer).toMatch(/SEC 10 \(open\)/);
    expect(answer).toMatch(/why: Flashproof changed the byte itself/);
    expect(answer).toMatch(/or: .*programmed over the 0xFE/);
    expect(answer).toMatch(/against: .*sector was erased before/);
    expect(answer).toMatch(/\(allow security\)/);
    expect(answer).toMatch(/put SEC = 10 into the image, FSEC 0x7A/);
  });
  it("prints nothing of its own under -q but the warning of the mass erase", async () => {
    const quiet = await session({ options: ["-q"] });
    expect(quiet.err).toEqual([expect.stringMatching(/warning: .*unsecure/)]);
    expect(quiet.out).toEqual(screen.out);
  });
  it("says once more in the banner what -ExitOnError 1 adds to it, and nothing else", async () => {
    const { out, exit } = await session({ options: ["-ExitOnError", "1"] });
    const added = "J-Link Commander will now exit on Error";
    expect([...out.slice(0, 3), ...out.slice(5)]).toEqual(screen.out);
    expect(out.slice(3, 5)).toEqual([added, ""]);
    expect(exit).toBe(screen.exit);
  });
});

describe("the IDE's form of it", () => {
  it("runs from its first word to the exit code", async () => {
    const [first] = SEED_PARTS.before;
    const date = first.split(" - ")[1];
    const file = /into flash (.*)\)/.exec(first)?.[1] ?? "";
    const run = async () => {
      const { out, exit } = await session();
      return { out: out.join("\n"), exit };
    };
    const shown = comparable(await flashAction({ file, date, run }), FILE);
    const log = comparable([...SEED_PARTS.before, ...SEED_PARTS.console, ...SEED_PARTS.after], SEED_PATH);
    expect(deviations(shown, log)).toEqual([]);
  });
});

describe("on another board", () => {
  const differs = async (desk: Partial<Desk>, path = FILE) => deviations(comparable((await session(desk)).out, path));

  it("only its serial number changes", async () =>
    expect(await differs({ board: "locked=1,serial=12345678" })).toEqual([seedLineWith("S/N:", /\d+/, "12345678")]));
  it("only its voltage changes", async () =>
    expect(await differs({ board: "locked=1,vtref=1800" })).toEqual([seedLineWith("VTref=", /\d\.\d+/, "1.800")]));
  it("only the sizes of another file change", async () => {
    const files = { [FILE]: image.subarray(0, 0x5200) };
    expect(await differs({ files })).toEqual([
      seedLineWith("J-Link: Flash download: Bank 0", /\d+ bytes/, `${0x6000} bytes`),
      seedLineWith("Reading", /\d+/, String(0x5200)),
    ]);
  });
  it("only the bytes of another security byte change", async () =>
    expect(await differs({ files: { [FILE]: withFsec(0x54) } })).toEqual([
      seedLineWith("Expected", /7B read 7A/, "54 read 56"),
    ]));
  it("only the place of another first difference changes", async () => {
    const other = `other-${FILE}`;
    const files = { [FILE]: image, [other]: withByte(0x1c, image[0x1c] ^ 0xff) };
    const { out } = await session({ script: seedScript(other), files });
    const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, "0");
    expect(
      deviations(
        comparable(
          out.map((line) => line.replaceAll(other, FILE)),
          FILE,
        ),
      ),
    ).toEqual([
      seedLineWith("Verify failed @", /0x\w+/, "0x0000001C"),
      seedLineWith("Expected", /7B read 7A/, `${hex(image[0x1c] ^ 0xff)} read ${hex(image[0x1c])}`),
    ]);
  });
  it("that nobody may erase the session ends where it needs the chip", async () => {
    const { out, exit, err } = await session({ settings: "" });
    expect(out).toContain("Skipping unsecure");
    expect(out).not.toContain("J-Link>h");
    expect(err.join("\n")).toMatch(/put secured-device = "unsecure" under \[commander\]/);
    expect(exit).toBe(1);
  });
});

describe("the same script under the name with (allow security)", () => {
  it.each(["MK24FN1M0xxx12 (allow security)", "mk24fn1m0xxx12 ( Allow Security )"])(
    "%s programs the file as it is",
    async (device) => {
      const { out, exit } = await session({ device });
      expect(out).toContain("Verify successful.");
      expect(exit).toBe(0);
    },
  );
});
