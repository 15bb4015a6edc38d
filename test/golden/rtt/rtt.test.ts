import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RttClient, rttPort, type Staying, startCommander, talkingBoard } from "../callers/staying.ts";

const folder = mkdtempSync(join(tmpdir(), "flashproof-rtt-"));
const DEVICE = ["-device", "MK24FN1M0xxx12", "-if", "SWD", "-speed", "4000", "-RTTTelnetPort", "0"];
const TERM = [...DEVICE, "-CommandFile", "term.jlink"];
const BANNER =
  /^SEGGER J-Link V\S+ - Real time terminal output\r\nSEGGER J-Link V9\.30, SN=59304712\r\nProcess: \S+\r\n/;

/** The board with the firmware, as it was left; every test has a copy. */
let selector = "";
beforeAll(async () => {
  selector = await talkingBoard(folder);
  writeFileSync(join(folder, "term.jlink"), "connect\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function boardFor(name: string): string {
  copyFileSync(join(folder, "board.k24"), join(folder, name));
  return selector.replace("board.k24", name);
}

const clientOf = async (staying: Staying, first?: string) => new RttClient((await rttPort(staying)) ?? 0, first);

describe("a script that stays open after connect", () => {
  it("serves RTT until a signal ends it, and keeps the board in that state", async () => {
    const probe = boardFor("served.k24");
    const before = readFileSync(join(folder, "served.k24"));
    const staying = startCommander(TERM, { cwd: folder, probe });
    const [one, other] = [await clientOf(staying), await clientOf(staying, "$$SEGGER_TELNET_ConfigStr=RTTCh;1$$")];
    await one.waitFor("RTT on a K24: hello\r\n");
    expect(one.text).toMatch(BANNER);
    one.send("a word, and another that is longer than the ring in the target's RAM\r\n");
    await one.waitFor("A WORD, AND ANOTHER THAT IS LONGER THAN THE RING IN THE TARGET'S RAM\r\n");
    await other.waitFor("00003\r\n");
    expect(other.text).not.toContain("hello");
    const late = await clientOf(staying);
    late.send("both\n");
    await Promise.all([one.waitFor("BOTH\n"), late.waitFor("BOTH\n")]);
    one.leave();
    late.send("still here\n");
    await late.waitFor("STILL HERE\n");
    staying.child.kill("SIGTERM");
    expect(await staying.ended).toBe(0);
    await late.isLeft();
    expect(staying.out).toContain("Cortex-M4 identified.\n\nScript processing completed.\n");
    expect(readFileSync(join(folder, "served.k24")).equals(before)).toBe(false);
    expect(existsSync(join(folder, "served.k24.lock"))).toBe(false);
  });

  it("continues to serve RTT to a client although others name wrong places, send HTTP, or are reset", async () => {
    const staying = startCommander(TERM, { cwd: folder, probe: boardFor("wrong.k24") });
    const good = await clientOf(staying);
    await good.waitFor("hello\r\n");
    const places = ["SetRTTAddr;0x20001235", "SetRTTAddr;0x2000F000", "SetRTTAddr;0xFFFFFFFC", "SetRTTAddr;0x40020000"];
    for (const place of [...places, "SetRTTSearchRanges;0x20008000 0x100", "SetRTTSearchRanges;0xE0000000 0x1000"])
      await clientOf(staying, `$$SEGGER_TELNET_ConfigStr=RTTCh;0;${place}$$`);
    const http = await clientOf(staying, "GET / HTTP/1.1\r\n\r\n");
    await http.isLeft();
    const [same, late] = [
      await clientOf(staying, "$$SEGGER_TELNET_ConfigStr=SetRTTAddr;0x20005004$$"),
      await clientOf(staying),
    ];
    await new Promise((resolve) => void setTimeout(resolve, 300));
    good.send("still here\n");
    await Promise.all([good, same, late].map((client) => client.waitFor("STILL HERE\n")));
    staying.child.kill("SIGTERM");
    expect(await staying.ended).toBe(0);
  });

  it("takes commands by stdin while RTT is served: a reset restarts the firmware, exit ends", async () => {
    const staying = startCommander(TERM, { cwd: folder, probe: boardFor("typed.k24"), stdin: "pipe" });
    const client = await clientOf(staying);
    await client.waitFor("hello\r\n");
    staying.child.stdin?.write("exec SetRTTSearchRanges 0x20004000 0x2000\nr\ng\n");
    await client.waitFor("hello\r\nRTT on a K24: hello\r\n");
    staying.child.stdin?.write("exec SetRTTAddr = 0x20005004\nr\ng\n");
    await client.waitFor("hello\r\nRTT on a K24: hello\r\nRTT on a K24: hello\r\n");
    staying.child.stdin?.write("IsHalted\nexit\n");
    expect(await staying.ended).toBe(0);
    expect(staying.out).toMatch(/J-Link>IsHalted\nCPU is not halted\.\nJ-Link>exit\n$/);
  });

  it("prints once that there is no control block, and continues the search", async () => {
    const probe = "twin:MK24FN1M0xxx12";
    const staying = startCommander(TERM, { cwd: folder, probe });
    const client = await clientOf(staying);
    await staying.waitForErr(/no control block is in the target's RAM yet/);
    expect(client.text).toMatch(BANNER);
    staying.child.kill("SIGINT");
    expect(await staying.ended).toBe(0);
    expect(staying.err.match(/no control block/g)).toHaveLength(1);
  });

  it("stays without RTT where another program has the port", async () => {
    const server = createServer();
    await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
    const port = String((server.address() as AddressInfo).port);
    const args = TERM.map((word) => (word === "0" ? port : word));
    const staying = startCommander(args, { cwd: folder, probe: boardFor("busy.k24"), stdin: "pipe" });
    expect(
      await staying.waitForErr(/flashproof: RTT isn't served: Another program listens on 127\.0\.0\.1:/),
    ).not.toBeNull();
    staying.child.stdin?.write("mem32 E000ED00, 1\nexit\n");
    expect(await staying.ended).toBe(0);
    expect(staying.out).toContain("E000ED00 = 410FC241");
    server.close();
  });
});

describe("a prompt", () => {
  it("lets a simulated board live between two commands, and serves RTT from it", async () => {
    const staying = startCommander(DEVICE, { cwd: folder, probe: boardFor("prompt.k24"), stdin: "pipe" });
    staying.child.stdin?.write("connect\n");
    const client = await clientOf(staying);
    await client.waitFor("hello\r\n");
    staying.child.stdin?.write("h\nexit\n");
    expect(await staying.ended).toBe(0);
    expect(staying.out).toMatch(/J-Link>h\nPC = /);
  });
});
