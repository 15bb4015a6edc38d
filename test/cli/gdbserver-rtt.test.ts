import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { frame } from "../../src/gdb/rsp.ts";
import { tcpClient, until } from "../support/sockets.ts";
import { serving } from "./serving.ts";
import { Workspace } from "./workspace.ts";

const FIRMWARE = resolve("examples/k24-rtt/firmware.hex");
const READY = /Waiting for GDB connection/;

describe("gdbserver --rtt", () => {
  const workspace = new Workspace();
  const board = workspace.board();
  beforeAll(async () => {
    await workspace.json("flash", FIRMWARE, ...board);
  });
  afterAll(() => workspace.clear());

  it("serves the firmware's output while GDB lets it run, and stops nothing", async () => {
    const server = await serving(workspace, READY, "gdbserver", "--port", "0", "--rtt", "--rtt-port", "0", ...board);
    const gdb = await tcpClient(server.port("gdb"));
    const rtt = await tcpClient(server.port("rtt"));
    try {
      gdb.socket.write(Buffer.from(frame("?")));
      await until(() => gdb.received().includes("$T05"));
      gdb.socket.write(Buffer.from(frame("vCont;c")));
      await until(() => rtt.received().includes("RTT on a K24: hello\r\n"));
      expect(rtt.received()).toMatch(/^SEGGER J-Link Flashproof \S+ - Real time terminal output\r\n/);
      // One stop, the one before `vCont;c`.
      expect(gdb.received().match(/\$T/g)).toHaveLength(1);
    } finally {
      gdb.end();
      rtt.end();
    }
    expect((await server.end()).exit).toBe(0);
  });

  it("looks for the control block where monitor exec SetRTTAddr has it", async () => {
    const server = await serving(workspace, READY, "gdbserver", "--port", "0", "--rtt", "--rtt-port", "0", ...board);
    const gdb = await tcpClient(server.port("gdb"));
    const ask = (line: string) => gdb.socket.write(Buffer.from(frame(`qRcmd,${Buffer.from(line).toString("hex")}`)));
    const printed = () => Buffer.from(/\$O([0-9a-f]+)#/.exec(gdb.received())?.[1] ?? "", "hex").toString();
    try {
      ask("exec SetRTTAddr 0x20000000");
      await until(() => printed() !== "");
      expect(printed()).toBe("RTT's control block is looked for at 0x20000000\n");
      const rtt = await tcpClient(server.port("rtt"));
      await until(() => server.printed().includes("RTT: no control block is in the target's RAM yet"));
      rtt.end();
    } finally {
      gdb.end();
    }
    expect((await server.end()).exit).toBe(0);
  });
});
