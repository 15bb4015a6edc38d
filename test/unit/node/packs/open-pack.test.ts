import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip.js/zip.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codeOf } from "../../../../src/base/errors.ts";
import { openPack } from "../../../../src/node/packs/open-pack.ts";
import { openArchive } from "../../../../src/node/packs/zip-archive.ts";
import { Chance } from "../../../support/chance.ts";
import { elfWith } from "../../packs/made-flm.ts";

const PDSC = `<package><vendor>Made</vendor><name>Up_DFP</name><devices><family Dfamily="F" Dvendor="M">
<device Dname="D"><algorithm name="Flash\\A.flm" start="0" size="0x10000" default="1"/></device></family></devices></package>`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashproof-packs-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A zip archive of these files. */
async function archive(files: { readonly [name: string]: string | Uint8Array<ArrayBuffer> }): Promise<Uint8Array> {
  const zip = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
  for (const [name, content] of Object.entries(files))
    await zip.add(name, typeof content === "string" ? new TextReader(content) : new Uint8ArrayReader(content));
  return zip.close();
}

function put(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const refusal = async (path: string, read = ""): Promise<string | undefined> => {
  try {
    const open = await openPack(path);
    try {
      if (read !== "") await open.readFile(read);
    } finally {
      await open.close();
    }
  } catch (error) {
    return codeOf(error) ?? String(error);
  }
  return undefined;
};

describe("a pack in an archive", () => {
  it("has its description at the top, and files by paths of any case", async () => {
    const path = put("a.pack", await archive({ "Made.Up_DFP.pdsc": PDSC, "flash/a.FLM": new Uint8Array(elfWith()) }));
    const open = await openPack(path);
    const device = open.pack.device(open.pack.devices[0]);
    const algorithm = await open.algorithm(device.algorithms[0].path);
    await open.close();
    expect([open.pack.id, open.description, algorithm.device]).toEqual([
      "Made.Up_DFP",
      "Made.Up_DFP.pdsc",
      "Made flash",
    ]);
  });

  it.each([
    ["a name that goes up", "../../out.txt"],
    ["an absolute name", "/out.txt"],
    ["a name with a drive", "C:\\out.txt"],
    ["a name that goes up by backslashes", "a\\..\\..\\out.txt"],
  ])("is refused with %s", async (_, name) => {
    expect(await refusal(put("a.pack", await archive({ "a.pdsc": PDSC, [name]: "x" })))).toBe("pack-invalid");
  });

  it("is refused without a description, with two, and where it is no archive or a damaged one", async () => {
    const whole = await archive({ "a.pdsc": PDSC, "data.bin": new Uint8Array(new Chance(1).bytes(0x1000)) });
    expect(await refusal(put("a.pack", await archive({ "x.txt": "x" })))).toBe("pack-invalid");
    expect(await refusal(put("b.pack", await archive({ "a.pdsc": PDSC, "b.pdsc": PDSC })))).toBe("pack-invalid");
    expect(await refusal(put("c.pack", "no archive at all"))).toBe("pack-invalid");
    expect(await refusal(put("d.pack", whole.subarray(0, whole.length - 30)))).toBe("pack-invalid");
    const damaged = whole.slice();
    damaged.fill(0xa5, 0x300, 0x310);
    expect(await refusal(put("e.pack", damaged), "data.bin")).toBe("pack-invalid");
  });

  it("is refused where it declares more bytes than any pack has, before any are expanded", async () => {
    const zip = await archive({ "a.pdsc": PDSC, "big.bin": new Uint8Array(64) });
    // The uncompressed size in the central directory (APPNOTE 4.3.12) of the second file: 400 MB.
    const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
    const entries = [...zip.keys()].filter((at) => at + 4 <= zip.length && view.getUint32(at, true) === 0x02014b50);
    view.setUint32(entries[1] + 24, 400 << 20, true);
    expect(await refusal(put("bomb.pack", zip))).toBe("pack-too-large");
  });

  it("stops where a file expands to more bytes than it declares", async () => {
    const zip = await archive({ "a.pdsc": PDSC, "big.bin": new Uint8Array(0x10_0000) });
    const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
    const entries = [...zip.keys()].filter((at) => at + 4 <= zip.length && view.getUint32(at, true) === 0x02014b50);
    view.setUint32(entries[1] + 24, 16, true);
    expect(await refusal(put("liar.pack", zip), "big.bin")).toBe("pack-invalid");
  });
});

describe("a pack in a folder", () => {
  it("is its one description; files are read from inside of it only", async () => {
    mkdirSync(join(folder, "pack", "Flash"), { recursive: true });
    put("pack/Made.Up_DFP.pdsc", PDSC);
    put("pack/Flash/A.flm", elfWith());
    put("secret.txt", "x");
    symlinkSync(join(folder, "secret.txt"), join(folder, "pack", "link.txt"));
    const path = join(folder, "pack");
    expect(await refusal(path, "Flash/A.flm")).toBeUndefined();
    expect(await refusal(path, "../secret.txt")).toBe("pack-not-found");
    expect(await refusal(path, "link.txt")).toBe("pack-not-found");
    expect(await refusal(path, "Flash/B.flm")).toBe("pack-not-found");
  });

  it.each([
    ["a zero in its name", "a\0b"],
    ["a name that is longer than any system takes", "x".repeat(5_000)],
    ["a name that goes through a file", "Made.Up_DFP.pdsc/a"],
  ])("has no file with %s", async (_, name) => {
    put("Made.Up_DFP.pdsc", PDSC);
    expect(await refusal(folder, name)).toBe("pack-not-found");
    expect(await refusal(join(folder, name))).toBe("file-not-found");
  });

  it.runIf(process.platform !== "win32")("is refused where it is a pipe, which is not waited for", async () => {
    for (const name of ["a.pack", "a.pdsc"]) {
      execFileSync("mkfifo", [join(folder, name)]);
      expect(await refusal(join(folder, name))).toBe("file-unreadable");
    }
    await expect(openArchive(join(folder, "nothing"))).rejects.toMatchObject({ code: "file-unreadable" });
  });

  it("has each algorithm read once", async () => {
    mkdirSync(join(folder, "Flash"));
    put("Made.Up_DFP.pdsc", PDSC);
    put("Flash/A.flm", elfWith());
    const open = await openPack(folder);
    expect(await open.algorithm("Flash/A.flm")).toBe(await open.algorithm("Flash/A.flm"));
  });

  it("is refused without a description, and where there is nothing of its name", async () => {
    expect(await refusal(folder)).toBe("pack-invalid");
    expect(await refusal(join(folder, "nothing.pack"))).toBe("file-not-found");
  });
});
