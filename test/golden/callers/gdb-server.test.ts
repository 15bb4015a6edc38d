import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { parseGdbServerOptions } from "../../../src/cli/shims/gdb-server-options.ts";
import { GDB_CALLERS } from "./gdb-callers.ts";
import { DEVICE, FREE_PORTS, gdbAt, started } from "./gdb-bench.ts";

/** What IDEs and scripts send by `monitor`. */
const MONITOR_LINES = [
  ...["speed 1000", "clrbp", "reset 0", "halt", "regs", "speed auto", "flash breakpoints 1", "semihosting enable"],
  ...["semihosting IOClient 1", "SWO DisableTarget 0xFFFFFFFF", "SWO EnableTarget 0 0 0x1 0", "reset", "sleep 10"],
  ...["exec SetRTTAddr 0x20000000", "flash device = MK24FN1M0xxx12", "flash download = 1", "endian little", "why"],
  ...["interface SWD", "waithalt 10", "setbp 0x00000410", "reset halt", "arm semihosting enable", "gdb_sync", "help"],
];

describe("J-Link's GDB server's command line", () => {
  it.each(GDB_CALLERS)("of $name is understood whole", ({ args, means }) => {
    const { unknown, ...options } = parseGdbServerOptions(args.split(" "));
    expect(unknown).toEqual([]);
    expect(options).toMatchObject(means);
  });

  it("has words that are no option named, and ports that are none refused", () => {
    expect(parseGdbServerOptions(["-noif", "x"]).unknown).toEqual(["-noif", "x"]);
    expect(() => parseGdbServerOptions(["-port", "70000"])).toThrow(RangeError);
  });
});

describe("the stand-in for J-Link's GDB server", () => {
  it("prints the ready pattern without a newline, programs plain writes to flash, and ends after -singlerun's client", async () => {
    const server = await started(["-device", DEVICE, "-if", "SWD", "-singlerun", ...FREE_PORTS]);
    await server.until(/Waiting for GDB connection\.\.\.$/);
    // Mynewt's script takes any of these words for a failure.
    expect(server.out()).not.toMatch(/error|failed|unknown|not found/i);
    const [, port] = (await server.until(/Listening on TCP\/IP port (\d+)/)) ?? [];
    const gdb = await gdbAt(Number(port));
    expect(await gdb.ask("qSupported:swbreak+")).not.toContain("memory-map:read+");
    expect(await gdb.ask("?")).toMatch(/^T05/);
    expect(await gdb.monitor("reset")).toBe("Resetting target\n");
    expect(await gdb.ask(Buffer.from(`X8000,8:${"U".repeat(8)}`, "latin1"))).toBe("OK");
    expect(await gdb.ask("m8000,8")).toBe("55".repeat(8));
    expect(server.err()).toContain("verify: equal");
    gdb.end();
    expect(await server.exit).toBe(0);
    expect(server.out()).toMatch(/Connected to 127\.0\.0\.1[\s\S]*Shutting down\.\.\.\n$/);
  });

  it("answers the monitor words of Eclipse, cortex-debug and old scripts, none of them as one that it lacks", async () => {
    const server = await started(["-device", DEVICE, ...FREE_PORTS]);
    const [, port] = (await server.until(/Listening on TCP\/IP port (\d+)/)) ?? [];
    const gdb = await gdbAt(Number(port));
    await gdb.ask("?");
    for (const line of MONITOR_LINES) expect(await gdb.monitor(line), line).not.toMatch(/there is no command|error/i);
    expect(await gdb.monitor("writeu32 0x20001000 = 0x12345678")).toContain("0x12345678");
    expect(await gdb.monitor("memU16 0x20001002")).toBe("Reading from address 0x20001002 (Data = 0x1234)\n");
    expect(await gdb.monitor("reg pc = (0x20001000)")).toBe("pc = 0x12345678\n");
    expect(await gdb.monitor("reg nothing")).toContain('There is no register "nothing" here');
    gdb.end();
    await server.until(/Connected to 127[\s\S]*Waiting for GDB connection\.\.\.$/);
    server.stop();
    expect(await server.exit).toBe(0);
  });

  it.each([
    [250, ["-device", "MK99NOCHIP"], /Unknown device name MK99NOCHIP/],
    [251, ["-device", DEVICE, "-port", "x"], /Bad command line/],
    [251, ["-device", DEVICE, "-strict", "-noif"], /WARNING: Unknown command line parameter -noif found\./],
  ])("ends with %i for %j", async (code, words, text) => {
    const server = await started(words);
    expect(await server.exit).toBe(code);
    expect(server.out()).toMatch(text);
  });

  it("ends with 249 where the probe isn't there, with 254 where the port is taken, and connects in spite of an unknown option", async () => {
    const none = await started(["-device", DEVICE, "-select", "ip=127.0.0.1"], { FLASHPROOF_PROBE: "ip:127.0.0.1:1" });
    expect(await none.exit).toBe(249);
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const taken = await started([
      "-device",
      DEVICE,
      "-noif",
      "-port",
      String(port),
      "-swoport",
      "0",
      "-telnetport",
      "0",
    ]);
    expect(await taken.exit).toBe(254);
    expect(taken.out()).toMatch(/WARNING: Unknown command line parameter -noif found\.[\s\S]*Connecting to target/);
    other.close();
  });
});
