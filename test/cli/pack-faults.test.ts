import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFile } from "../../src/node/boards/lock-file.ts";
import { FLM, packBytes, pdsc } from "../support/made-packs.ts";
import { PackServer } from "../support/pack-server.ts";
import { CHIP, type JsonRun, Workspace } from "./workspace.ts";

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.clear());

const store = (...names: readonly string[]): string =>
  join(workspace.folder, ".local", "share", "flashproof", "packs", ...names);

/** A folder with a pack's description and its algorithm. */
function folderOf(name: string, text: string): string {
  const folder = workspace.path(name);
  mkdirSync(join(folder, "Flash"), { recursive: true });
  writeFileSync(join(folder, "Made.pdsc"), text);
  writeFileSync(join(folder, "Flash", "made.FLM"), FLM);
  return folder;
}

const listed = async (): Promise<unknown> =>
  ((await workspace.json("pack", "list")).result["packs"] as unknown as readonly { id: string; version: string }[]).map(
    ({ id, version }) => `${id} ${version}`,
  );

/** Every file and folder beneath one. */
const allIn = (folder: string): readonly string[] => readdirSync(folder, { recursive: true }).map(String).sort();

describe("a change of the packs that breaks off", () => {
  it("leaves the earlier folder in use where it was moved aside and nothing has its place, and the next change puts it back", async () => {
    await workspace.json("pack", "add", folderOf("one", pdsc("One_DFP", "1.0.0", ["A-CHIP"])));
    // As a kill between the two renames of a replacement leaves it.
    rmSync(store("catalogue"));
    renameSync(store("files", "Made.One_DFP@1.0.0"), store("files", ".was-Made.One_DFP@1.0.0"));
    mkdirSync(store("files", ".part-0123456789abcdef"));
    expect(await listed()).toEqual(["Made.One_DFP 1.0.0"]);
    expect((await workspace.json("pack", "check", "Made.One_DFP")).result["checks"]).toHaveLength(1);
    await workspace.json("pack", "add", folderOf("two", pdsc("Two_DFP", "1.0.0", ["B-CHIP"])));
    expect(readdirSync(store("files")).sort()).toEqual(["Made.One_DFP@1.0.0", "Made.Two_DFP@1.0.0"]);
    expect(await listed()).toEqual(["Made.One_DFP 1.0.0", "Made.Two_DFP 1.0.0"]);
  });

  it("replaces a folder by a later one of the same version as a whole, and an archive by a folder", async () => {
    const file = workspace.write("made.pack", await packBytes("One_DFP", "1.0.0", ["A-CHIP"]));
    await workspace.json("pack", "add", file);
    await workspace.json("pack", "add", folderOf("one", pdsc("One_DFP", "1.0.0", ["A-CHIP", "B-CHIP"])));
    await workspace.json("pack", "add", folderOf("two", pdsc("ONE_DFP", "1.0.0", ["A-CHIP", "B-CHIP", "C-CHIP"])));
    expect(readdirSync(store("files"))).toHaveLength(1);
    expect((await workspace.json("pack", "list")).result["count"]).toBe(3);
  });

  it("is refused as busy while another process changes them; the list can be read", async () => {
    await workspace.json("pack", "add", folderOf("one", pdsc("One_DFP", "1.0.0", ["A-CHIP"])));
    const unlock = lockFile(store("store"));
    try {
      const busy = await workspace.json("pack", "remove", "Made.One_DFP");
      expect([busy.error?.code, await listed()]).toEqual(["pack-store-busy", ["Made.One_DFP 1.0.0"]]);
      rmSync(store("catalogue"));
      expect([await listed(), existsSync(store("catalogue"))]).toEqual([["Made.One_DFP 1.0.0"], false]);
    } finally {
      unlock();
    }
  });
});

describe("a pack with names that lead elsewhere", () => {
  it("writes nothing beside its own folder in the store where a file's name leads out of its folder and back in", async () => {
    const text = pdsc("One_DFP", "1.0.0", ["A-CHIP"]).replaceAll("Flash/made.FLM", "../one/Flash/made.FLM");
    expect((await workspace.json("pack", "add", folderOf("one", text))).exit).toBe(0);
    expect(readdirSync(store("files"))).toEqual(["Made.One_DFP@1.0.0"]);
    expect(allIn(store("files", "Made.One_DFP@1.0.0"))).toEqual(["Flash", join("Flash", "made.FLM"), "Made.pdsc"]);
  });

  it.each([
    ["a name of more than 200 characters", "x".repeat(120), "1".repeat(120)],
    ["a version that ends in a point", "One_DFP", "1."],
    ["a name with a NUL", "One&#0;_DFP", "1.0.0"],
    ["a name that leads out", "..", "1.0.0"],
  ])("refuses %s", async (_, name, version) => {
    const { exit, error } = await workspace.json("pack", "add", folderOf("one", pdsc(name, version, ["A-CHIP"])));
    expect([exit, error?.code, existsSync(store("files")) ? readdirSync(store("files")) : []]).toEqual([
      7,
      "pack-invalid",
      [],
    ]);
  });

  it("refuses a vendor whose name is a device's on Windows", async () => {
    const text = pdsc("One_DFP", "1.0.0", ["A-CHIP"]).replace("<vendor>Made<", "<vendor>NUL<");
    expect((await workspace.json("pack", "add", folderOf("one", text))).error?.code).toBe("pack-invalid");
  });
});

describe("a store that can't be read", () => {
  it("is left out of the list of chips with a warning, and is an error of what needs it alone", async () => {
    mkdirSync(store(), { recursive: true });
    writeFileSync(store("files"), "no folder");
    const { exit, out, err } = await workspace.fp("chips");
    expect([exit, out.includes(CHIP), err]).toEqual([0, true, expect.stringContaining("warning: devices of packs")]);
    expect((await workspace.json("info", ...workspace.board())).exit).toBe(0);
    const list = await workspace.json("pack", "list");
    expect([list.exit, list.error?.code]).toEqual([7, "file-unreadable"]);
    const other = await workspace.json("info", "--chip", "A-CHIP", "--probe", workspace.twin());
    expect([other.exit, other.error?.code]).toEqual([7, "file-unreadable"]);
  });
});

describe("a server that sends other things", () => {
  let server: PackServer;
  let url: string;
  beforeEach(async () => {
    server = new PackServer();
    url = await server.start();
  });
  afterEach(() => server.stop());

  const index = (address: string, version = "1.2.0"): void =>
    void server.files.set("/index.pidx", {
      bytes: new TextEncoder().encode(
        `<index><pindex><pdsc url="${address}" vendor="Made" name="One_DFP" version="${version}"/></pindex></index>`,
      ),
    });

  const install = (...words: readonly string[]): Promise<JsonRun> =>
    workspace.json("pack", "install", "Made.One_DFP", "--index", `${url}/index.pidx`, ...words);

  it.each([
    ["an index whose address of the pack is none", "//["],
    ["an index whose pack is a file", "file:///tmp"],
  ])("ends with pack-download after %s", async (_, address) => {
    index(address);
    expect((await install("--accept-license")).error?.code).toBe("pack-download");
  });

  it.each([
    ["a file", "file:///etc/hostname"],
    ["no address", "http://["],
    ["another machine at plain http", "http://192.0.2.1/index.pidx"],
  ])("ends with pack-download after a redirect to %s", async (_, location) => {
    server.files.set("/index.pidx", { bytes: new Uint8Array(), location });
    expect((await install("--accept-license")).error?.code).toBe("pack-download");
  });

  it("ends with pack-invalid after an index with entities", async () => {
    const text = '<!DOCTYPE index [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><index>&b;</index>';
    server.files.set("/index.pidx", { bytes: new TextEncoder().encode(text) });
    expect((await install("--accept-license")).error?.code).toBe("pack-invalid");
  });

  it("takes no part of the rest for all of it: each try continues where the last one ended", async () => {
    index(`${url}/packs/`);
    const bytes = await packBytes("One_DFP", "1.2.0", ["A-CHIP"]);
    const third = Math.ceil(bytes.length / 3);
    server.files.set("/packs/Made.One_DFP.1.2.0.pack", { bytes, breakAfter: third, most: third });
    expect((await install("--accept-license")).exit).toBe(0);
    expect(new Uint8Array(readFileSync(store("files", "Made.One_DFP@1.2.0.pack")))).toEqual(bytes);
  });

  it("keeps no pack of one address for the same version of another address", async () => {
    index(`${url}/other/`);
    server.files.set("/other/Made.One_DFP.1.2.0.pack", { bytes: await packBytes("One_DFP", "1.2.0", ["OTHER"]) });
    expect((await install()).error?.code).toBe("pack-license");
    index(`${url}/packs/`);
    server.files.set("/packs/Made.One_DFP.1.2.0.pack", { bytes: await packBytes("One_DFP", "1.2.0", ["A-CHIP"]) });
    expect((await install("--accept-license")).exit).toBe(0);
    expect((await workspace.json("pack", "find", "OTHER")).result["count"]).toBe(0);
  });

  it("asks again in an update where the licence's file is missing in both packs", async () => {
    const text = pdsc("One_DFP", "1.0.0", ["A-CHIP"]);
    await workspace.json("pack", "add", folderOf("one", text));
    index(`${url}/packs/`);
    server.files.set("/packs/Made.One_DFP.1.2.0.pack", { bytes: await packBytes("One_DFP", "1.2.0", ["A-CHIP"], "") });
    const update = await workspace.json("pack", "update", "--index", `${url}/index.pidx`);
    expect([update.error?.code, await listed()]).toEqual(["pack-license", ["Made.One_DFP 1.0.0"]]);
  });

  it("refuses agreement to a licence that a variable gives", async () => {
    index(`${url}/packs/`);
    server.files.set("/packs/Made.One_DFP.1.2.0.pack", { bytes: await packBytes("One_DFP", "1.2.0", ["A-CHIP"]) });
    const env = { HOME: workspace.folder, XDG_CONFIG_HOME: workspace.folder, FLASHPROOF_ACCEPT_LICENSE: "1" };
    workspace.terminal = { env };
    expect((await install()).error?.code).toBe("usage");
  });

  it("prints no password of a proxy that can't be used", async () => {
    const env = {
      HOME: workspace.folder,
      XDG_CONFIG_HOME: workspace.folder,
      HTTP_PROXY: "https://user:secret@127.0.0.1",
    };
    workspace.terminal = { env };
    const { error, err, out } = await install();
    expect([error?.code, `${err}${out}`.includes("secret")]).toEqual(["pack-download", false]);
  });
});
