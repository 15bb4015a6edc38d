import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FLM, packBytes, pdsc } from "../support/made-packs.ts";
import { PackServer, type Served } from "../support/pack-server.ts";
import { type JsonRun, Workspace } from "./workspace.ts";

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.clear());

const added = async (name: string, version: string, devices: readonly string[]): Promise<JsonRun> => {
  const file = workspace.write(`Made.${name}.${version}.pack`, await packBytes(name, version, devices));
  return workspace.json("pack", "add", file);
};

const store = (...names: readonly string[]): string =>
  join(workspace.folder, ".local", "share", "flashproof", "packs", ...names);

const listed = async (): Promise<unknown> => (await workspace.json("pack", "list")).result["packs"];

const made = (name: string, version: string, devices: number) => ({
  ...{ id: `Made.${name}`, version, vendor: "Made", format: "cmsis-pack", devices },
});

describe("the store of packs", () => {
  it("is empty before a pack is added, and looking makes no folder", async () => {
    const { exit, out } = await workspace.fp("pack", "list");
    expect([exit, out, existsSync(store())]).toEqual([0, "no packs were added\n", false]);
    expect((await workspace.fp("pack", "find", "made")).out).toBe("no pack that was added has a device like made\n");
  });

  it("keeps what was added; --chip finds its devices, by their names and order codes", async () => {
    expect((await added("One_DFP", "1.0.0", ["MADE32F407VG", "MADE32F405xx"])).result["packs"]).toEqual([
      made("One_DFP", "1.0.0", 2),
    ]);
    const twin = ["--probe", workspace.twin()];
    for (const name of ["made32f407vg", "MADE32F407VGT6", "MADE32F405RG", "MADE32F407VG?Loader"]) {
      const { error } = await workspace.json("info", "--chip", name, ...twin);
      // The board is another one: what matters is that the name is a chip's.
      expect([name, error?.code]).not.toEqual([name, "chip-unknown"]);
    }
    expect((await workspace.json("info", "--chip", "MADE32F411", ...twin)).error?.code).toBe("chip-unknown");
  });

  it("lists a device in chips and finds it by a part of its name", async () => {
    await added("One_DFP", "1.0.0", ["MADE32F407VG", "MADE32F407ZG", "OTHER1"]);
    const found = await workspace.json("pack", "find", "f407");
    expect(found.result).toMatchObject({
      count: 2,
      devices: [{ name: "MADE32F407VG", flash: 0x10000, core: "Cortex-M4" }, { name: "MADE32F407ZG" }],
    });
    const { out } = await workspace.fp("chips", "made32");
    expect(out).toMatch(/^MADE32F407VG +Made, Made One_DFP +Cortex-M4 +main 64 KB +unknown +pack Made.One_DFP/m);
  });

  it("takes a pack by its name where a file is wanted, the latest version of it", async () => {
    await added("One_DFP", "1.9.0", ["A-CHIP"]);
    await added("One_DFP", "1.10.0", ["A-CHIP", "B-CHIP"]);
    const shown = await workspace.json("pack", "show", "made.one_dfp", "B-CHIP");
    expect(shown.result).toMatchObject({ pack: { version: "1.10.0" }, device: { name: "B-CHIP" } });
    expect((await workspace.json("pack", "show", "Made.One_DFP@1.9.0")).result["count"]).toBe(1);
    expect((await workspace.json("pack", "show", "Made.Two_DFP")).error?.code).toBe("pack-not-installed");
  });

  it("refuses a name that two packs have, and takes it from the one that is named", async () => {
    await added("One_DFP", "1.0.0", ["A-CHIP"]);
    await added("Two_DFP", "1.0.0", ["A-CHIP"]);
    const twin = ["--probe", workspace.twin()];
    const { exit, error } = await workspace.json("info", "--chip", "A-CHIP", ...twin);
    expect([exit, error?.code]).toEqual([8, "pack-device-ambiguous"]);
    const one = await workspace.json("info", "--chip", "A-CHIP", "--pack", "Made.Two_DFP", ...twin);
    expect(one.error?.code).not.toBe("pack-device-ambiguous");
  });

  it("takes a name for packages of the same silicon, and refuses one for devices that differ, with their names", async () => {
    await added("One_DFP", "1.0.0", ["XMC4500-F100x64", "XMC4500-E144x64"]);
    const larger = pdsc("Two_DFP", "1.0.0", ["MADE32F407VGTx", "MADE32F407VGHx", "MADE32F407VETx"]).replace(
      '"MADE32F407VETx"/>',
      '"MADE32F407VETx"><memory name="RAM" access="rwx" start="0x20000000" size="0x4000" default="1"/></device>',
    );
    await workspace.json("pack", "add", workspace.write("Made.Two_DFP.pdsc", larger));
    const twin = ["--probe", workspace.twin()];
    for (const name of ["XMC4500-64", "XMC4500-64?Loader", "XMC4500"]) {
      const { error } = await workspace.json("info", "--chip", name, ...twin);
      // Found: what can't be used is the made algorithm's board, not the name.
      expect([name, error?.code]).not.toEqual([name, "chip-unknown"]);
      expect([name, error?.code]).not.toEqual([name, "pack-device-ambiguous"]);
    }
    const { exit, error } = await workspace.json("info", "--chip", "MADE32F407", ...twin);
    expect([exit, error?.code, error?.message]).toEqual([
      8,
      "pack-device-ambiguous",
      "MADE32F407 may be one of several devices of Made.Two_DFP: MADE32F407VGTx, MADE32F407VGHx, MADE32F407VETx",
    ]);
    expect(error?.hints[0]).toBe("Name one of these devices with --chip.");
  });

  it("keeps of a folder what its description names, and of a target file that alone", async () => {
    const folder = workspace.path("folder");
    mkdirSync(join(folder, "Flash"), { recursive: true });
    writeFileSync(join(folder, "Made.One_DFP.pdsc"), pdsc("One_DFP", "1.0.0", ["A-CHIP"]));
    writeFileSync(join(folder, "Flash", "made.FLM"), FLM);
    writeFileSync(join(folder, "private.txt"), "not to be copied");
    await workspace.json("pack", "add", folder);
    expect(readdirSync(store("files", "Made.One_DFP@1.0.0"), { recursive: true }).sort()).toEqual([
      "Flash",
      join("Flash", "made.FLM"),
      "Made.One_DFP.pdsc",
    ]);
    expect((await workspace.json("pack", "check", "Made.One_DFP")).result["checks"]).toHaveLength(1);
  });

  it("forgets a pack that is removed, and nothing where one of the names is none", async () => {
    await added("One_DFP", "1.0.0", ["A-CHIP"]);
    const wrong = await workspace.json("pack", "remove", "Made.One_DFP", "Made.Two_DFP");
    expect([wrong.exit, wrong.error?.code, await listed()]).toEqual([
      7,
      "pack-not-installed",
      [made("One_DFP", "1.0.0", 1)],
    ]);
    await workspace.json("pack", "remove", "Made.One_DFP");
    expect([await listed(), readdirSync(store("files"))]).toEqual([[], []]);
  });

  it("is as before after a damaged pack, a description that is none, and a name that leads out", async () => {
    await added("One_DFP", "1.0.0", ["A-CHIP"]);
    const bytes = await packBytes("Two_DFP", "1.0.0", ["B-CHIP"]);
    const damaged = bytes.slice();
    // In the middle of the compressed description.
    damaged[120] ^= 0xff;
    const files = [
      workspace.write("damaged.pack", damaged),
      workspace.write("short.pack", bytes.subarray(0, 300)),
      workspace.write("out.pdsc", pdsc("..", "1.0.0", ["B-CHIP"])),
      workspace.write("version.pdsc", pdsc("Two_DFP", "../../1", ["B-CHIP"])),
      workspace.path("nothing.pack"),
    ];
    for (const file of files) {
      const { exit, error } = await workspace.json("pack", "add", file);
      expect([file, exit, error?.code.replace("file-not-found", "pack-invalid")]).toEqual([file, 7, "pack-invalid"]);
    }
    expect(await listed()).toEqual([made("One_DFP", "1.0.0", 1)]);
    expect(readdirSync(store("files"))).toEqual(["Made.One_DFP@1.0.0.pack"]);
  });

  it("makes its catalogue anew where that is gone, cut off, or of other packs, and names a pack that is damaged", async () => {
    await added("One_DFP", "1.0.0", ["A-CHIP"]);
    await added("Two_DFP", "1.0.0", ["B-CHIP"]);
    const both = [made("One_DFP", "1.0.0", 1), made("Two_DFP", "1.0.0", 1)];
    const text = readFileSync(store("catalogue"), "utf8");
    for (const spoiled of ["", text.slice(0, -10), "other 1\n", text.split("\n").slice(0, 3).join("\n")]) {
      writeFileSync(store("catalogue"), spoiled);
      expect(await listed()).toEqual(both);
    }
    expect(readFileSync(store("catalogue"), "utf8")).toBe(text);
    writeFileSync(store("files", "Made.Three_DFP@2.0.0.pack"), "no archive");
    expect(await listed()).toEqual([
      both[0],
      { ...made("Three_DFP", "2.0.0.pack", 0), vendor: "", format: "unreadable" },
      both[1],
    ]);
  });
});

describe("pack install", () => {
  let server: PackServer;
  let url: string;
  beforeEach(async () => {
    server = new PackServer();
    url = await server.start();
  });
  afterEach(() => server.stop());

  /** Has the server's index name a version of a pack. */
  const serve = async (
    version: string,
    { license, bytes }: { license?: string; bytes?: Uint8Array } = {},
  ): Promise<Served> => {
    const served: Served = { bytes: bytes ?? (await packBytes("One_DFP", version, ["A-CHIP"], license)) };
    server.files.set(`/packs/Made.One_DFP.${version}.pack`, served);
    const index = `<index><pindex><pdsc url="${url}/packs" vendor="Made" name="One_DFP" version="0.9.0"/>
      <pdsc url="${url}/packs/" vendor="Made" name="One_DFP" version="${version}"/><pdsc url="" vendor="../x" name="y" version="1"/></pindex></index>`;
    server.files.set("/index.pidx", { bytes: new TextEncoder().encode(index) });
    return served;
  };

  const install = (...words: readonly string[]): Promise<JsonRun> =>
    workspace.json("pack", "install", "made.one_dfp", "--index", `${url}/index.pidx`, ...words);

  it("shows the licence and keeps nothing before it is agreed to, downloads once, and then keeps the pack", async () => {
    await serve("1.2.0");
    const refused = await install();
    expect([refused.exit, refused.error?.code, await listed()]).toEqual([5, "pack-license", []]);
    expect(refused.err).toContain("do as you like");
    const { exit, result } = await install("--accept-license");
    expect([exit, result["packs"]]).toEqual([0, [made("One_DFP", "1.2.0", 1)]]);
    expect(server.asked.filter((path) => path.endsWith(".pack"))).toEqual(["/packs/Made.One_DFP.1.2.0.pack"]);
    expect(readdirSync(store("downloads"))).toEqual([]);
  });

  it("continues a download that breaks off where it stood", async () => {
    const served = await serve("1.2.0");
    served.breakAfter = Math.ceil(served.bytes.length / 2);
    const { exit } = await install("--accept-license");
    expect(exit).toBe(0);
    const asked = server.asked.filter((path) => path.includes(".pack"));
    expect(asked[0]).toBe("/packs/Made.One_DFP.1.2.0.pack");
    expect(asked[1]).toMatch(/ bytes=[1-9]\d*-$/);
  });

  it.each([
    [
      "an index that names another version",
      7,
      "pack-invalid",
      async (): Promise<void> =>
        void (await serve("1.2.0", { bytes: await packBytes("One_DFP", "1.1.0", ["A-CHIP"]) })),
    ],
    [
      "a pack that is no archive",
      7,
      "pack-invalid",
      async (): Promise<void> => void (await serve("1.2.0", { bytes: new Uint8Array(500) })),
    ],
    [
      "a pack that is not there",
      1,
      "pack-download",
      async (): Promise<void> => {
        await serve("1.2.0");
        server.files.delete("/packs/Made.One_DFP.1.2.0.pack");
      },
    ],
    [
      "an index that is none",
      7,
      "pack-invalid",
      async (): Promise<void> => void server.files.set("/index.pidx", { bytes: new TextEncoder().encode("<html/>") }),
    ],
    [
      "an index without the pack",
      7,
      "pack-not-in-index",
      async (): Promise<void> => void server.files.set("/index.pidx", { bytes: new TextEncoder().encode("<index/>") }),
    ],
    [
      "a redirect to plain http elsewhere",
      1,
      "pack-download",
      async (): Promise<void> =>
        void server.files.set("/index.pidx", { bytes: new Uint8Array(), location: "http://example.com/index.pidx" }),
    ],
    [
      "redirects without end",
      1,
      "pack-download",
      async (): Promise<void> =>
        void server.files.set("/index.pidx", { bytes: new Uint8Array(), location: "/index.pidx" }),
    ],
  ] as const)("ends after %s with %i, %s, and the store as before", async (_, exit, code, prepare) => {
    await added("Two_DFP", "1.0.0", ["B-CHIP"]);
    await prepare();
    const run = await install("--accept-license");
    expect([run.exit, run.error?.code, await listed()]).toEqual([exit, code, [made("Two_DFP", "1.0.0", 1)]]);
  });

  it("updates to the latest version without asking where the licence is the same, and removes the earlier one", async () => {
    await added("One_DFP", "1.1.0", ["A-CHIP"]);
    await serve("1.2.0");
    const { exit, result } = await workspace.json("pack", "update", "--index", `${url}/index.pidx`);
    expect([exit, result["packs"], await listed()]).toEqual([
      0,
      [made("One_DFP", "1.2.0", 1)],
      [made("One_DFP", "1.2.0", 1)],
    ]);
    const again = await workspace.json("pack", "update", "--index", `${url}/index.pidx`);
    expect([again.exit, again.result["packs"]]).toEqual([0, []]);
  });

  it("leaves the earlier version where an update breaks off, or has another licence", async () => {
    await added("One_DFP", "1.1.0", ["A-CHIP"]);
    const served = await serve("1.2.0", { license: "pay for it" });
    const other = await workspace.json("pack", "update", "--index", `${url}/index.pidx`);
    expect([other.error?.code, await listed()]).toEqual(["pack-license", [made("One_DFP", "1.1.0", 1)]]);
    await serve("1.3.0", { license: "pay for it" });
    const broken = server.files.get("/packs/Made.One_DFP.1.3.0.pack");
    if (broken) broken.breakAfter = 0;
    const cut = await workspace.json("pack", "update", "--index", `${url}/index.pidx`, "--accept-license");
    expect([served.breakAfter, cut.error?.code, await listed()]).toEqual([
      undefined,
      "pack-download",
      [made("One_DFP", "1.1.0", 1)],
    ]);
  });

  it("asks the proxy of HTTP_PROXY for the whole address, and not for a host of NO_PROXY", async () => {
    await serve("1.2.0");
    const env = { HOME: workspace.folder, XDG_CONFIG_HOME: workspace.folder };
    // Nothing listens at port 9 of this machine: whatever comes, comes through the proxy.
    const index = server.files.get("/index.pidx");
    if (index)
      server.files.set("/index.pidx", {
        bytes: new TextEncoder().encode(new TextDecoder().decode(index.bytes).replaceAll(url, "http://127.0.0.1:9")),
      });
    workspace.terminal = { env: { ...env, HTTP_PROXY: url } };
    const through = await workspace.json(
      "pack",
      "install",
      "Made.One_DFP",
      "--index",
      "http://127.0.0.1:9/index.pidx",
      "--accept-license",
    );
    expect(through.exit).toBe(0);
    workspace.terminal = { env: { ...env, HTTP_PROXY: url, NO_PROXY: "localhost,127.0.0.1" } };
    const around = await workspace.json(
      "pack",
      "install",
      "Made.One_DFP",
      "--index",
      "http://127.0.0.1:9/index.pidx",
      "--accept-license",
    );
    expect(around.error?.code).toBe("pack-download");
  });

  it("adds a pack from an address, and refuses one at plain http elsewhere", async () => {
    await serve("1.2.0");
    const added = await workspace.json("pack", "add", `${url}/packs/Made.One_DFP.1.2.0.pack`, "--accept-license");
    expect([added.exit, await listed()]).toEqual([0, [made("One_DFP", "1.2.0", 1)]]);
    expect((await workspace.json("pack", "add", "http://example.com/any.pack")).error?.code).toBe("pack-download");
  });
});

describe("a store of many packs", () => {
  it("answers from its catalogue alone: no pack is read", async () => {
    for (let n = 0; n < 3; n++) {
      await added(
        `P${n}_DFP`,
        "1.0.0",
        Array.from({ length: 40 }, (_, i) => `STM32F4${n}${i}XX`),
      );
    }
    for (const file of readdirSync(store("files"))) writeFileSync(store("files", file), "spoiled");
    const { out } = await workspace.fp("chips");
    expect(out.trimEnd().split("\n")).toHaveLength(1 + 50 + 1);
    expect(out).toMatch(/^\d+ chips, of which 50 are shown\n$/m);
    const found = await workspace.json("pack", "find", "stm32f41");
    expect([found.result["count"], found.result["devices"]]).toMatchObject([40, { length: 40 }]);
    const all = await workspace.fp("pack", "find", "stm32f4");
    expect(all.out.trimEnd().split("\n").at(-1)).toBe("120 devices, of which 50 are shown");
  });
});

describe("a name that is no chip's", () => {
  it("ends with the name of the pack that describes it, and the command that installs that", async () => {
    const { exit, error } = await workspace.json("info", "--chip", "STM32F103C8", "--probe", workspace.twin());
    expect([exit, error?.code]).toEqual([8, "chip-unknown"]);
    expect(error?.message).toContain("Keil.STM32F1xx_DFP");
    expect(error?.hints[0]).toContain("flashproof pack install Keil.STM32F1xx_DFP");
    const found = await workspace.fp("pack", "find", "STM32F103C8");
    expect(found.out).toContain("flashproof pack install Keil.STM32F1xx_DFP");
  });
});
