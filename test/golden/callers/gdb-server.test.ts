import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { parseGdbServerOptions } from "../../../src/cli/shims/gdb-server-options.ts";
import { DEVICE, FREE_PORTS, gdbAt, started } from "./gdb-bench.ts";

/** Command lines as callers build them, and what they mean by them. */
const CALLS: { readonly [caller: string]: readonly [argv: string, means: object] } = {
  "cortex-debug": [
    `-singlerun -nogui -if swd -port 50000 -swoport 50001 -telnetport 50002 -device ${DEVICE} -rtttelnetport 19021`,
    { port: 50000, swoPort: 50001, telnetPort: 50002, device: DEVICE, isSingleRun: true, halts: true },
  ],
  "Eclipse Embedded CDT": [
    `-if swd -device ${DEVICE} -endian little -speed 1000 -port 2331 -swoport 2332 -telnetport 2333 -vd -ir -localhostonly 1 -singlerun -strict -timeout 0 -nogui`,
    { port: 2331, hz: 1_000_000, isStrict: true, isSingleRun: true },
  ],
  MCUXpresso: [
    `-nosilent -swoport 2332 -select USB=59304712 -telnetport 2333 -singlerun -endian little -noir -speed auto -port 2331 -vd -device ${DEVICE} -if SWD -halt -reportuseraction`,
    { usb: "59304712", halts: true, isSingleRun: true },
  ],
  west: [
    `-select usb=59304712 -port 2331 -if swd -speed auto -device ${DEVICE} -silent -endian little -singlerun -nogui -rtos /opt/GDBServer/RTOSPlugin_Zephyr -rtttelnetport 19021 -nohalt`,
    { usb: "59304712", halts: false, isSingleRun: true },
  ],
  PlatformIO: [
    `-singlerun -if SWD -select USB -device ${DEVICE} -port 2331 -speed 1000`,
    { port: 2331, hz: 1_000_000, isSingleRun: true },
  ],
  Mynewt: [
    `-device ${DEVICE} -speed 1000 -if SWD -port 3333 -singlerun -select usb=59304712`,
    { port: 3333, usb: "59304712", isSingleRun: true },
  ],
  RIOT: [
    `-select usb='59304712' -device ${DEVICE} -speed 2000 -if SWD -port 3333 -telnetport 4444`,
    { usb: "59304712", port: 3333, telnetPort: 4444, isSingleRun: false },
  ],
  "an old script, whatever its case": [
    `-If SWD -Speed 4000 -Device ${DEVICE} -Select ip=192.168.1.7`,
    { hz: 4_000_000, device: DEVICE, ip: "192.168.1.7" },
  ],
};

/** What IDEs and scripts send by `monitor`. */
const MONITOR_LINES = [
  ...["speed 1000", "clrbp", "reset 0", "halt", "regs", "speed auto", "flash breakpoints 1", "semihosting enable"],
  ...["semihosting IOClient 1", "SWO DisableTarget 0xFFFFFFFF", "SWO EnableTarget 0 0 0x1 0", "reset", "sleep 10"],
  ...["exec SetRTTAddr 0x20000000", "flash device = MK24FN1M0xxx12", "flash download = 1", "endian little", "why"],
  ...["interface SWD", "waithalt 10", "setbp 0x00000410", "reset halt", "arm semihosting enable", "gdb_sync", "help"],
];

describe("J-Link's GDB server's command line", () => {
  it.each(Object.entries(CALLS))("of %s is understood whole", (_, [argv, means]) => {
    const { unknown, ...options } = parseGdbServerOptions(argv.split(" "));
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
