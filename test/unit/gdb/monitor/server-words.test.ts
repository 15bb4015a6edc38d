import { describe, expect, it } from "vitest";
import type { SwoControl, SwoRequest } from "../../../../src/gdb/host.ts";
import { monitor, OPTIONS, talk } from "../../../support/gdb-client.ts";

/** What each line of monitor prints, one after another, for one client. */
async function printed(lines: readonly string[], options = OPTIONS): Promise<readonly string[]> {
  const all: string[] = [];
  await talk(async (client) => {
    for (const line of lines) all.push((await monitor(client, line)).trimEnd());
  }, options);
  return all;
}

const OFF = "semihosting is off";
const ON = "semihosting is on; its output goes to ";

describe("monitor semihosting", () => {
  it("is off at first, and shows where the output goes once it is on", async () => {
    expect(
      await printed([
        "semihosting",
        "semihosting enable",
        "semihosting IOclient 2",
        "semihosting ioclient=3",
        "semihosting IOClient 1",
        "semihosting",
        "semihosting disable",
        "semihosting ENABLE 0x8",
      ]),
    ).toEqual([
      OFF,
      `${ON}the terminal's port and GDB`,
      `${ON}GDB`,
      `${ON}the terminal's port and GDB`,
      `${ON}the terminal's port`,
      `${ON}the terminal's port`,
      OFF,
      `${ON}the terminal's port`,
    ]);
  });

  it.each(["0", "4", "", "1 2", "x", "12"])("refuses IOclient %j, and leaves what was set", async (mask) => {
    const [, refused, after] = await printed([
      "semihosting IOclient 2",
      `semihosting IOclient ${mask}`,
      "semihosting enable",
    ]);
    expect(refused).toBe("IOclient takes 1 (terminal), 2 (GDB) or 3 (both)");
    expect(after).toBe(`${ON}GDB`);
  });

  it("switches File-I/O on and off, and shows whether it is on", async () => {
    const off = "File-I/O is off: the server's machine serves the firmware";
    const on = "File-I/O is on: the firmware's files, console, clock and commands are those of GDB's machine";
    expect(
      await printed([
        "semihosting fileio",
        "semihosting fileio enable",
        "arm semihosting_fileio",
        "arm semihosting_fileio DISABLE",
        "arm semihosting_fileio enabled",
        "arm semihosting_fileio enable",
        "semihosting fileio",
      ]),
    ).toEqual([off, on, on, off, "fileio takes enable or disable", on, on]);
  });

  it("takes the firmware's command line, with and without quotes", async () => {
    expect(
      await printed(['semihosting setargs "a b"', "arm semihosting_cmdline app 1 2", 'semihosting setargs x "y"']),
    ).toEqual([
      'the firmware\'s command line is "a b"',
      'the firmware\'s command line is "app 1 2"',
      'the firmware\'s command line is "x "y""',
    ]);
  });

  it("is turned on by OpenOCD's and pyOCD's words, and accepts others", async () => {
    expect(
      await printed([
        "arm semihosting enable",
        "arm semihosting disable",
        "arm disassemble 0",
        "semihosting armswi 1",
        "arm",
      ]),
    ).toEqual([
      `${ON}the terminal's port and GDB`,
      OFF,
      "arm disassemble: accepted, and not needed here",
      "semihosting armswi: accepted, and not needed here",
      "arm : accepted, and not needed here",
    ]);
  });
});

/** SWO beside the server, as its client asks for it. */
class Swo implements SwoControl {
  readonly calls: (SwoRequest | string)[] = [];
  enable(request: SwoRequest): string {
    this.calls.push(request);
    return "on";
  }
  disable(): string {
    this.calls.push("disable");
    return "off";
  }
  speed(): string {
    this.calls.push("speed");
    return "2000000 Hz";
  }
}

describe("monitor SWO", () => {
  it.each<[string, readonly (SwoRequest | string)[], string]>([
    ["SWO EnableTarget 120000000 2000000 0x1 0", [{ ports: 1, cpuHz: 120_000_000, swoHz: 2_000_000 }], "on\n"],
    ["SWO EnableTarget 0 0 3", [{ ports: 3 }], "on\n"],
    ["swo enabletarget", [{ ports: 0xffffffff }], "on\n"],
    ["SWO EnableTarget 0 1", [{ ports: 0xffffffff, swoHz: 1 }], "on\n"],
    ["SWO DisableTarget 0x1", ["disable"], "off\n"],
    ["SWO Stop", ["disable"], "off\n"],
    ["SWO Start 0 2000000", ["speed"], "2000000 Hz\n"],
    ["SWO GetSpeedInfo", ["speed"], "2000000 Hz\n"],
    ["SWO GetMaxSpeed", ["speed"], "2000000 Hz\n"],
  ])("asks for what its line has: %s", async (line, calls, answer) => {
    const swo = new Swo();
    expect(await printed([line], { ...OPTIONS, swo })).toEqual([answer.trimEnd()]);
    expect(swo.calls).toEqual(calls);
  });

  it.each([
    ["SWO EnableTarget 0 0 1 1", "SWO is received by UART (mode 0) only"],
    ["SWO EnableTarget x", '"x" is no number from 0 to 0xFFFFFFFF'],
    ["SWO Enable", 'There is no command "SWO Enable" here'],
    ["SWO", 'There is no command "SWO " here'],
  ])("refuses a line that it can not serve: %s", async (line, words) => {
    const swo = new Swo();
    expect(await printed([line], { ...OPTIONS, swo })).toEqual([`${words}\nmonitor why says more`]);
    expect(swo.calls).toEqual([]);
  });

  it("answers that it is not served where it is not", async () => {
    expect(await printed(["SWO EnableTarget 0 0 1 0"])).toEqual([
      "SWO isn't served here: --swo-port on the server's command line does that",
    ]);
  });
});

describe("monitor rtt and exec", () => {
  it("answer whether RTT is served, and where its control block is looked for", async () => {
    const served = { ...OPTIONS, place: { rtt: {} } };
    expect(await printed(["rtt start", "rtt setup 0x20000000 64", "exec SetRTTAddr=0x20000040"], served)).toEqual([
      "RTT is served as long as a client is there",
      "RTT's control block is looked for at the given ranges",
      "RTT's control block is looked for at 0x20000040",
    ]);
    const not = "RTT isn't served here: --rtt on the server's command line does that";
    expect(await printed(["rtt start", "rtt setup 0x20000000 64", "exec SetRTTAddr 0x20000040"])).toEqual([
      not,
      not,
      not,
    ]);
  });

  it("runs a memory word behind exec", async () => {
    expect(
      await printed(["exec memU32 0x20001000 = 5", "memU32 0x20001000", "exec SetFlashDLNoRMWThreshold=0"]),
    ).toEqual([
      "Writing 0x00000005 @ address 0x20001000",
      "Reading from address 0x20001000 (Data = 0x00000005)",
      "exec SetFlashDLNoRMWThreshold: accepted, and not needed here",
    ]);
  });
});

describe("monitor flash", () => {
  it("keeps breakpoints in flash off where the server was started without them", async () => {
    expect(
      await printed(["flash breakpoints", "flash breakpoints = 1", "flash breakpoints off", "flash download 1"]),
    ).toEqual([
      "breakpoints in flash are off",
      "breakpoints in flash are off: the server was started without --flash-breakpoints ask or on",
      "breakpoints in flash are off, and every sector has its own bytes",
      "flash: accepted, and not needed here",
    ]);
  });

  it.each(["1", "on", "enable"])(
    "allows them by %s where the server may ask, until they are off again",
    async (word) => {
      const options = { ...OPTIONS, flashBreakpoints: "ask" } as const;
      expect(
        await printed(
          [
            "flash breakpoints",
            `flash breakpoints ${word}`,
            "flash breakpoints",
            "flash breakpoints=0",
            "flash breakpoints",
          ],
          options,
        ),
      ).toEqual([
        "breakpoints in flash are ask",
        "breakpoints in flash are on: comparators first; each change of one in flash erases its sector",
        "breakpoints in flash are on",
        "breakpoints in flash are off, and every sector has its own bytes",
        "breakpoints in flash are ask",
      ]);
    },
  );
});

describe("monitor words of OpenOCD and pyOCD", () => {
  it.each([
    ["set vector-catch a", "vector catch: hibscpmr", 0x7f1],
    ["set vector-catch ALL", "vector catch: hibscpmr", 0x7f1],
    ["set vector-catch n", "vector catch: h", 0x400],
    ["set vector-catch s", "vector catch: s", 0x480],
    ["set vector-catch c", "vector catch: c", 0x440],
    ["set vector-catch p", "vector catch: p", 0x420],
    ["set vector-catch i", "vector catch: i", 0x600],
    ["set vector-catch m", "vector catch: m", 0x410],
    ["set vector-catch b", "vector catch: b", 0x500],
    ["set vector-catch r", "vector catch: r", 0x401],
  ])("%s sets the field of DEMCR that it names, and keeps HardFault's", async (line, words, demcr) => {
    await talk(async (client, session) => {
      expect((await monitor(client, line)).trimEnd()).toBe(words);
      const [value] = await session.core.memory.run([{ op: "read", address: 0xe000edfc, width: 32 }]);
      expect(value & 0x7f1).toBe(demcr);
    });
  });

  it("refuses a letter that names no vector catch, and accepts other options", async () => {
    expect(await printed(["set vector-catch hx", "set option x"])).toEqual([
      '"x" names no vector catch; there are a, n, h, i, b, s, c, p, m, r\nmonitor why says more',
      "set option x: accepted, and not needed here",
    ]);
  });

  it("reads the debug port's registers, and refuses what is none", async () => {
    const lines = await printed(["readdp 0x0", "readdp 4", "readdp 12", "readdp 0x10", "readdp 2"]);
    expect(lines[0]).toBe("DP register 0x00000000 = 0x2BA01477");
    expect(lines[1]).toMatch(/^DP register 0x00000004 = 0xF[0-9A-F]{7}$/);
    expect(lines[2]).toMatch(/^DP register 0x0000000C = 0x/);
    expect(lines[3]).toBe("0x10 is no register of the debug port: there are 0, 4, 8 and 0xC\nmonitor why says more");
    expect(lines[4]).toContain("2 is no register of the debug port");
  });
});
