import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTwin } from "../../src/twin/usb.ts";
import { connect } from "../../src/session/connect.ts";
import { MK24FN1M0xxx12 } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { frame } from "../../src/gdb/rsp.ts";
import { SwoDecoder } from "../../src/swo/decoder.ts";
import { tcpClient, until } from "../support/sockets.ts";
import { serving } from "./serving.ts";
import { writeState } from "../support/twin-state.ts";
import { probeOf } from "../support/board.ts";
import { elfWithSymbols, type MadeSymbol } from "../support/elf-symbols.ts";
import { ALPHABET, runProgram } from "../support/itm-programs.ts";
import { Workspace } from "./workspace.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".repeat(2000);

/** The parts of the program that sends the alphabet: after its begin it does nothing but these two. */
const FUNCTIONS: readonly MadeSymbol[] = [
  { kind: "file", name: "main.c" },
  { kind: "function", name: "begins", start: 0x20000000, size: 0x1a },
  { kind: "function", name: "sends", start: 0x2000001a, size: 0x10 },
  { kind: "file", name: "" },
  { kind: "function", name: "pauses", start: 0x2000002a, size: 0x8 },
];

describe("swo and profile", () => {
  const workspace = new Workspace();
  const board = workspace.board();
  beforeAll(async () => {
    const twin = createTwin({ chip: MK24FN1M0xxx12.name, flash: "zero" });
    const probe = await probeOf(twin);
    await runProgram(
      await connect({ probe, clock: twin.clock, chip: MK24FN1M0xxx12, hz: 4_000_000, how: "halt" }),
      ALPHABET,
    );
    await probe.close();
    writeState(workspace.path("board.k24"), twin);
  });
  afterAll(() => workspace.clear());

  it("prints what the firmware sends by port 0, and nothing else", async () => {
    const { exit, out, err } = await workspace.fp("swo", ...board, "--for", "5");
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    expect(out.length).toBeGreaterThan(100);
    expect(LETTERS).toContain(out);
  });

  it("keeps the bytes as they came, and counts packets in --json", async () => {
    const { result } = await workspace.json("swo", ...board, "--for", "5", "-o", workspace.path("swo.bin"));
    expect(result).toMatchObject({ ports: [{ port: 0 }], exceptions: [] });
    expect(workspace.bytes("swo.bin").length).toBe(result["bytes"]);
    expect(result["packets"]?.["itm"]).toBe(result["ports"]?.[0]?.["bytes"]);
  });

  it("prints packets in words with --packets, those of PC samples among them", async () => {
    const { out } = await workspace.fp("swo", ...board, "--for", "5", "--packets", "--samples");
    expect(out).toMatch(/^port 0: 0x4[1-9A-F]$/m);
    expect(out).toMatch(/^PC 0x200000[0-3][0-9A-F]$/m);
  });

  it("prints nothing of a port that isn't asked for", async () => {
    const { out } = await workspace.fp("swo", ...board, "--for", "5", "--ports", "3");
    expect(out).toBe("");
  });

  it("profiles without symbols by pages, with shares that add up, and draws a picture that stands alone", async () => {
    const html = workspace.path("profile.html");
    const { result } = await workspace.json("profile", ...board, "--for", "50", "--html", html);
    expect(result["functions"]).toEqual([
      { name: "(no symbol, 0x20000...)", file: null, start: null, samples: result["samples"], percent: 100 },
    ]);
    const page = Buffer.from(workspace.bytes("profile.html")).toString();
    expect(page).toContain("(no symbol, 0x20000...)");
    expect(page).not.toMatch(/<script|src=|href=/);
  });

  it("profiles with an ELF file by its functions, each with its source file where the symbols name it", async () => {
    workspace.write("firmware.elf", elfWithSymbols(FUNCTIONS));
    const html = workspace.path("functions.html");
    const [elf, ...more] = [workspace.path("firmware.elf"), ...board, "--for", "50"];
    const { result } = await workspace.json("profile", elf, ...more, "--html", html);
    const rows = result["functions"] as unknown as readonly { name: string; samples: number; percent: number }[];
    const found = [...rows].sort((one, other) => one.name.localeCompare(other.name));
    expect(found).toMatchObject([
      { name: "pauses", file: null, start: "0x2000002A" },
      { name: "sends", file: "main.c", start: "0x2000001A" },
    ]);
    for (const { samples } of found) expect(samples).toBeGreaterThan(0);
    expect(found[0].samples + found[1].samples).toBe(result["samples"]);
    expect(found[0].percent + found[1].percent).toBeCloseTo(100, 1);
    const page = Buffer.from(workspace.bytes("functions.html")).toString();
    for (const text of ["pauses", "sends", "main.c"]) expect(page).toContain(text);
    const { out } = await workspace.fp("profile", elf, ...more, "--top", "1");
    expect(out).toMatch(/^ *\d+\.\d % +\d+ +(?:pauses|sends)/m);
    expect(out).toContain("and 1 more");
  });

  it("refuses to profile with a file that is no ELF file", async () => {
    workspace.write("firmware.txt", Buffer.from("no firmware"));
    const { exit, out, err } = await workspace.fp("profile", workspace.path("firmware.txt"), ...board, "--for", "5");
    expect({ exit, out }).toEqual({ exit: 7, out: "" });
    expect(err).toMatch(/ELF/);
  });

  it("is served beside GDB as the bytes come, once monitor SWO EnableTarget asks for it", async () => {
    const ready = /Waiting for GDB connection/;
    const server = await serving(workspace, ready, "gdbserver", "--port", "0", "--swo-port", "0", ...board);
    const [gdb, swo] = [await tcpClient(server.port("gdb")), await tcpClient(server.port("swo"))];
    const enable = Buffer.from("SWO EnableTarget 20971520 1000000 0x1 0").toString("hex");
    try {
      gdb.socket.write(Buffer.from(frame("?")));
      await until(() => gdb.received().includes("$T05"));
      gdb.socket.write(Buffer.from(frame(`qRcmd,${enable}`)));
      gdb.socket.write(Buffer.from(frame("vCont;c")));
      await until(() => swo.received().length > 400);
    } finally {
      gdb.end();
      swo.end();
    }
    const packets = new SwoDecoder().feed(Uint8Array.from(Buffer.from(swo.received(), "latin1")));
    const letters = packets.flatMap((packet) => (packet.kind === "itm" ? [...packet.bytes] : []));
    expect(letters.length).toBeGreaterThan(100);
    expect(LETTERS).toContain(String.fromCharCode(...letters.slice(0, 100)));
    expect((await server.end()).exit).toBe(0);
  });

  it("refuses a chip whose core has no ITM", async () => {
    const { exit, error } = await workspace.json("swo", "--chip", "RP2040", "--probe", "twin:RP2040", "--for", "5");
    expect({ exit, code: error?.code }).toEqual({ exit: 1, code: "swo-unsupported" });
  });
});
