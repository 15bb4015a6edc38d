import { TextReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { describe, expect, it } from "vitest";
import { describedPack } from "../../../src/packs/archive/described-pack.ts";
import { ARCHIVE_LIMITS, archiveOf } from "../../../src/packs/archive/zip-archive.ts";

/** A zip archive of texts by their names; a name that ends in `/` is a folder. */
async function zipOf(files: { readonly [name: string]: string }, options = {}): Promise<Uint8Array> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false, level: 0, ...options });
  for (const [name, text] of Object.entries(files))
    await (name.endsWith("/") ? zip.add(name, undefined, { directory: true }) : zip.add(name, new TextReader(text)));
  return zip.close();
}

const archive = async (files: { readonly [name: string]: string }, options = {}) =>
  archiveOf(await zipOf(files, options), "made.pack");
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const invalid = (reason: string) => ({ code: "pack-invalid", details: expect.objectContaining({ reason }) });

/** An archive's bytes with every 32-bit number of that value replaced: sizes stand twice in a zip file. */
function changed(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  for (let at = 0; at + 4 <= copy.length; at++) if (view.getUint32(at, true) === from) view.setUint32(at, to, true);
  return copy;
}

describe("an archive", () => {
  it("has its files with their sizes and bytes, and no folders", async () => {
    const { files, close } = await archive({ "a.txt": "one", "b/": "", "b\\c.txt": "two!" });
    expect(files.map(({ path, size }) => [path, size])).toEqual([
      ["a.txt", 3],
      ["b/c.txt", 4],
    ]);
    expect(await Promise.all(files.map(async (file) => text(await file.read())))).toEqual(["one", "two!"]);
    await close();
  });

  it.each(["/a", "../a", "a/../b", "a/..", "C:/a", "c:a"])("is refused with a file named %s", async (name) => {
    await expect(archive({ [name]: "x" })).rejects.toMatchObject({ code: "pack-invalid" });
  });

  it.each(["a//b", "a\nb", "x".repeat(1025)])("is refused with a name that no system has: %s", async (name) => {
    await expect(archive({ [name]: "x" })).rejects.toMatchObject(invalid("escape"));
  });

  it.each(["a..b", "..a/b", "a/...", "a b", "1:a", "x".repeat(1024)])("takes a file named %s", async (name) => {
    expect((await archive({ [name]: "x" })).files.map(({ path }) => path)).toEqual([name]);
  });

  it("is refused where a file is encrypted", async () => {
    await expect(archive({ a: "x" }, { password: "p" })).rejects.toMatchObject({
      ...invalid("encrypted"),
      message: expect.stringContaining("encrypted"),
    });
  });

  it("is refused where it is none, by its name", async () => {
    await expect(archiveOf(new Uint8Array(100), "made.pack")).rejects.toMatchObject({
      ...invalid("archive"),
      message: expect.stringMatching(/^made\.pack is no pack, or a damaged one: ./),
    });
  });

  it("is refused where its files are larger together than 256 MB, or one than 64 MB", async () => {
    const bytes = await zipOf({ a: "x".repeat(0x1234), b: "y" });
    await expect(archiveOf(changed(bytes, 0x1234, ARCHIVE_LIMITS.total), "made.pack")).rejects.toMatchObject({
      code: "pack-too-large",
      details: { what: "bytes in its files", found: ARCHIVE_LIMITS.total + 1, limit: ARCHIVE_LIMITS.total },
    });
    const { files } = await archiveOf(changed(bytes, 0x1234, ARCHIVE_LIMITS.file + 1), "made.pack");
    await expect(files[0].read()).rejects.toMatchObject({ code: "pack-too-large", details: { what: "bytes in a" } });
    expect(text(await files[1].read())).toBe("y");
  });

  it.each([
    ["less", 0x1233],
    ["more", 0x1235],
  ])("has no file that is declared with one byte %s than it has", async (_, size) => {
    const bytes = await zipOf({ a: "x".repeat(0x1234) }, { level: 5 });
    const { files } = await archiveOf(changed(bytes, 0x1234, size), "made.pack");
    await expect(files[0].read()).rejects.toMatchObject({ code: "pack-invalid" });
  });

  it("has no file whose bytes are damaged", async () => {
    const bytes = await zipOf({ a: "unlike anything else" }, { level: 0 });
    const at = Buffer.from(bytes).indexOf("unlike");
    expect(at).toBeGreaterThan(0);
    bytes[at] ^= 1;
    const { files } = await archiveOf(bytes, "made.pack");
    await expect(files[0].read()).rejects.toMatchObject({
      ...invalid("archive"),
      message: expect.stringMatching(/^a is no pack/),
    });
  });
});

describe("the description of a pack", () => {
  it("is the one at its top, and its other files are found in any case of their names", async () => {
    const described = await describedPack(
      await archive({ "Made.PDSC": "<p/>", "sub/other.pdsc": "", "Flash/A.FLM": "code" }),
    );
    expect([described.path, text(described.bytes)]).toEqual(["Made.PDSC", "<p/>"]);
    expect(text(await described.readFile("flash/a.flm"))).toBe("code");
    await expect(described.readFile("flash/b.flm")).rejects.toMatchObject({
      code: "pack-not-found",
      message: "The pack has no file flash/b.flm",
      details: { path: "flash/b.flm" },
    });
  });

  it.each([
    [0, { "a.txt": "", "sub/a.pdsc": "", "a.pdsc.bak": "" }],
    [2, { "a.pdsc": "", "b.pdsc": "" }],
  ])("is refused where there are %i of them", async (count, files) => {
    await expect(describedPack(await archive(files))).rejects.toMatchObject({
      ...invalid("description"),
      message: expect.stringContaining(`${count} descriptions`),
    });
  });
});
