import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { findChip } from "../../src/chips/list.ts";
import { frame } from "../../src/gdb/rsp.ts";
import { patchFolder, patchJournal } from "../../src/node/files/patch-journal.ts";
import { openProbe } from "../../src/node/probes.ts";
import { connect } from "../../src/session/connect.ts";
import { setFlashBreakpoints } from "../../src/session/patches/change.ts";
import { tcpClient, until } from "../support/sockets.ts";
import { serving } from "./serving.ts";
import { CHIP, example, Workspace } from "./workspace.ts";

/** The sector behind the bootloader's first one; a breakpoint in it. */
const PLACE = 0x1004;
const LINE =
  /^warning: a GDB server that was ended by force has left 1 breakpoint in flash \(0x00001000\): .*--restore-breakpoints/m;

describe("what a killed GDB server has left in flash", () => {
  const workspace = new Workspace();
  const board = workspace.board();
  const firmware = example("bootloader-open.raw.bin");
  const image = `${firmware}@0`;
  const folder = patchFolder({ HOME: workspace.folder });
  const records = () => {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  };
  const journal = () => patchJournal(folder);

  beforeEach(async () => {
    await workspace.json("flash", image, ...board);
    const open = await openProbe(workspace.twin());
    const session = await connect({ ...open, chip: findChip(CHIP), hz: 4_000_000, how: "halt" });
    session.patched.journal = journal();
    // Nothing restores it: that is what being killed means.
    await setFlashBreakpoints(session, [PLACE]);
    await open.close();
  });
  afterAll(() => workspace.clear());

  it("is reported in one line by every verb that reaches the target, and left as it is", async () => {
    const other = workspace.write("other.bin", new Uint8Array(16).fill(0x33));
    const calls: readonly (readonly string[])[] = [
      ["info"],
      ["plan", `${other}@0x40000`],
      ["read", "0x1000:+16"],
      ["reset", "--halt"],
      ["write", "0x20000000", "1"],
      ["erase", "--sectors", "0x50000:0x51000"],
      ["flash", `${other}@0x40000`],
      ["gdbserver", "--port", "0", "--for", "1"],
    ];
    for (const [verb, ...rest] of calls) {
      const run = await workspace.fp(verb, ...rest, ...board);
      expect([verb, run.exit, run.err.match(new RegExp(LINE, "gm"))?.length]).toEqual([verb, 0, 1]);
    }
    expect(records()).toEqual([expect.stringMatching(/^MK24FN1M0xxx12-1000-[0-9a-f]{16}\.json$/)]);
    expect(await workspace.memory("0x1004:+2", ...board)).toEqual(Uint8Array.of(0x00, 0xbe));
  });

  it("is no equal flash for verify, which names the difference beside the report", async () => {
    const run = await workspace.json("verify", image, ...board);
    expect(run.exit).toBe(EXIT.differs);
    expect(run.err).toMatch(LINE);
    expect(run.error?.code).toBe("verify-differs");
  });

  it("is reported by the Commander, too", async () => {
    workspace.write("read.jlink", "mem 0x1000, 8\nq\n");
    const [, , , probe] = board;
    workspace.terminal = {
      env: { HOME: workspace.folder, XDG_CONFIG_HOME: workspace.folder, FLASHPROOF_PROBE: probe },
    };
    const words = ["-device", CHIP, "-if", "SWD", "-speed", "4000", "-autoconnect", "1"];
    const run = await workspace.fp("commander", ...words, "-CommandFile", workspace.path("read.jlink"));
    workspace.terminal = {};
    expect(run.err).toMatch(/^flashproof: a GDB server that was ended by force has left 1 breakpoint in flash/m);
  });

  it("gets its own bytes back under --restore-breakpoints, by any verb, and under --flash-breakpoints on", async () => {
    for (const words of [
      ["info", "--restore-breakpoints"],
      ["gdbserver", "--flash-breakpoints", "on", "--port", "0", "--for", "1"],
    ]) {
      const [verb, ...rest] = words;
      const run = await workspace.fp(verb, ...rest, ...board);
      expect(run.exit).toBe(0);
      expect(run.err).toContain("breakpoints in flash: 1 sector of a killed server restored, every byte compared");
      expect(records()).toEqual([]);
      expect((await workspace.json("verify", image, ...board)).exit).toBe(0);
      const open = await openProbe(workspace.twin());
      const session = await connect({ ...open, chip: findChip(CHIP), hz: 4_000_000, how: "halt" });
      session.patched.journal = journal();
      await setFlashBreakpoints(session, [PLACE]);
      await open.close();
    }
  });

  it("goes with a flash over its sector, and the record with it", async () => {
    const run = await workspace.fp("flash", image, ...board);
    expect(run.exit).toBe(0);
    expect(run.err).toMatch(LINE);
    expect(records()).toEqual([]);
    expect((await workspace.json("verify", image, ...board)).exit).toBe(0);
  });

  it("is not restored where its sector holds something else now", async () => {
    const [name] = records();
    const saved = readFileSync(join(folder, name));
    const other = workspace.write("other.bin", new Uint8Array(0x1000).fill(0x33));
    await workspace.fp("flash", `${other}@0x1000`, ...board);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), saved);
    const run = await workspace.fp("info", "--restore-breakpoints", ...board);
    expect(run.exit).toBe(0);
    expect(run.err).not.toContain("ended by force");
    expect(run.err.match(/^warning: .* something else stands there now: it is left alone/gm)).toEqual([
      expect.stringContaining(join(folder, name)),
    ]);
    expect(await workspace.memory("0x1000:+4096", ...board)).toEqual(new Uint8Array(0x1000).fill(0x33));
  });

  it("is not known where a record is broken, and a line names that file", async () => {
    const [name] = records();
    const text = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), text.replace(/"bytes": "(..)/, '"bytes": "5$1'));
    const run = await workspace.fp("info", ...board);
    expect(run.exit).toBe(0);
    expect(run.err).toContain(`${join(folder, name)} is no whole record of breakpoints in flash`);
  });

  it("is not known where a record is a folder or a link to nothing, and a line names each", async () => {
    const names = [`${CHIP}-folder.json`, `${CHIP}-link.json`].map((name) => join(folder, name));
    mkdirSync(names[0]);
    symlinkSync(workspace.path("nothing"), names[1]);
    const run = await workspace.fp("info", ...board);
    for (const name of names) rmSync(name, { recursive: true });
    expect(run.exit).toBe(0);
    for (const name of names) expect(run.err).toContain(`${name} is no whole record of breakpoints in flash`);
    expect(run.err).toMatch(LINE);
  });

  it("is not known where the folder of records can't be listed: a line for other verbs, an error for a restore", async () => {
    rmSync(folder, { recursive: true });
    symlinkSync(folder, folder);
    const looks = await workspace.fp("info", ...board);
    const restores = await workspace.json("info", "--restore-breakpoints", ...board);
    rmSync(folder);
    expect(looks.exit).toBe(0);
    expect(looks.err).toContain(`could not be looked at: The folder ${folder} can't be listed`);
    expect(restores.error?.code).toBe("file-unreadable");
  });

  it("is none where the home folder is a file", async () => {
    workspace.terminal = {
      env: { HOME: workspace.write("file", new Uint8Array(1)), XDG_CONFIG_HOME: workspace.folder },
    };
    const run = await workspace.fp("info", "--restore-breakpoints", ...board);
    workspace.terminal = {};
    expect([run.exit, run.err]).toEqual([0, expect.not.stringContaining("breakpoint")]);
  });
});

describe("a GDB server with breakpoints in flash", () => {
  const workspace = new Workspace();
  const board = workspace.board();
  afterAll(() => workspace.clear());

  it("that is ended while GDB is there gives every sector its own bytes back", async () => {
    const code = workspace.write(
      "code.bin",
      Uint8Array.from([...Array.from({ length: 20 }, () => [0x01, 0x30]).flat(), 0xea, 0xe7]),
    );
    await workspace.json("flash", `${code}@0x5000`, ...board);
    const words = ["gdbserver", "--port", "0", "--flash-breakpoints", "on"];
    const server = await serving(workspace, /Waiting for GDB connection/, ...words, ...board);
    const gdb = await tcpClient(server.port("gdb"));
    const send = (packet: string) => gdb.socket.write(Buffer.from(frame(packet)));
    const stops = () => gdb.received().match(/\$T/g)?.length ?? 0;
    send("?");
    await until(() => stops() === 1);
    send("Pf=00500000");
    for (let n = 0; n < 20; n++) send(`Z1,${(0x5000 + 2 * n).toString(16)},2`);
    send("vCont;c");
    await until(() => stops() === 2);
    expect(server.printed()).toContain("the sector at 0x00005000 (4 KB) gets 14, erase 1 of this session");
    expect(readdirSync(patchFolder({ HOME: workspace.folder }))).toEqual([
      expect.stringMatching(/^MK24FN1M0xxx12-5000-[0-9a-f]{16}\.json$/),
    ]);
    expect((await server.end()).exit).toBe(0);
    gdb.end();
    expect(readdirSync(patchFolder({ HOME: workspace.folder }))).toEqual([]);
    expect((await workspace.json("verify", `${code}@0x5000`, ...board)).exit).toBe(0);
  });
});
