import { describe, expect, it } from "vitest";
import { board } from "../../../support/board.ts";
import { type GdbClient, loadCounting, monitor, OPTIONS, talk } from "../../../support/gdb-client.ts";

/** The session's clock counts picoseconds. */
const PS_PER_MS = 1e9;

/** `movs r0, #1; movs r1, #2; movs r2, #3; b .` at 0x20000000, and the core stands before it. */
async function loadMoves(client: GdbClient): Promise<void> {
  await client.ask("M20000000,8:012002210322fee7");
  await client.ask("Pf=00000020");
}

describe("monitor reg", () => {
  it("shows a register, sets it by a number, and by the word at an address in brackets", async () => {
    await talk(async (client) => {
      await client.ask("M20001000,4:78563412");
      expect(await monitor(client, "reg r3 = 0x11223344")).toBe("r3 = 0x11223344\n");
      expect(await client.ask("p3")).toBe("44332211");
      expect(await monitor(client, "reg R3 (0x20001000)")).toBe("R3 = 0x12345678\n");
      expect(await client.ask("p3")).toBe("78563412");
      expect(await monitor(client, "reg r3")).toBe("r3 = 0x12345678\n");
      expect(await monitor(client, "reg r4 7")).toBe("r4 = 0x00000007\n");
    });
  });

  it.each(["reg", "reg q9", "reg d0", "reg primask"])("refuses what is no register of 32 bits: %s", async (line) => {
    await talk(async (client) => {
      const name = line.slice("reg".length).trim();
      expect(await monitor(client, line)).toContain(`There is no register "${name}" here`);
    });
  });

  it("leaves the register as it is where the value is no number", async () => {
    await talk(async (client) => {
      const before = await client.ask("p3");
      expect(await monitor(client, "reg r3 = x")).toContain('"x" is no number from 0 to 0xFFFFFFFF');
      expect(await client.ask("p3")).toBe(before);
    });
  });

  it("leaves SP and PC out of the stop reply where it has set a register, as those were read before", async () => {
    await talk(async (client) => {
      expect(await client.ask("?")).toMatch(/0d:[0-9a-f]{8};0f:/);
      await monitor(client, "reg pc");
      expect(await client.ask("?")).toMatch(/0d:[0-9a-f]{8};0f:/);
      await monitor(client, "reg pc = 0x20000100");
      expect(await client.ask("?")).toBe("T05thread:1;core:0;");
      expect(await client.ask("pf")).toBe("00010020");
    });
  });
});

describe("monitor step", () => {
  it("executes one instruction, or as many as are asked for, and shows PC", async () => {
    await talk(async (client) => {
      await loadMoves(client);
      expect(await monitor(client, "step")).toBe("PC = 0x20000002\n");
      expect([await client.ask("p0"), await client.ask("p1")]).toEqual(["01000000", expect.not.stringMatching(/^02/)]);
      expect(await monitor(client, "step 2")).toBe("PC = 0x20000006\n");
      expect([await client.ask("p1"), await client.ask("p2")]).toEqual(["02000000", "03000000"]);
      expect(await client.ask("?")).toBe("T05thread:1;core:0;");
      expect(await monitor(client, "step x")).toContain('"x" is no number');
    });
  });
});

describe("monitor go, halt and waithalt", () => {
  it("let the core run, and halt it where it is", async () => {
    await talk(async (client, session) => {
      await loadCounting(client);
      expect(await monitor(client, "go")).toBe("");
      expect(await session.core.state()).toBe("running");
      expect(await monitor(client, "targets")).toBe("Cortex-M4: running\n");
      expect(await monitor(client, "halt")).toMatch(/^halted at 0x200000[01][0-9A-F]\n$/);
      expect(await session.core.state()).toBe("halted");
      expect(await monitor(client, "resume")).toBe("");
      expect(await session.core.state()).toBe("running");
    });
  });

  it("answer nothing once the core has halted, and the time that was waited where it has not", async () => {
    await talk(async (client, session) => {
      expect(await monitor(client, "waithalt")).toBe("");
      await loadMoves(client);
      await monitor(client, "go");
      const from = session.clock.now();
      expect(await monitor(client, "waithalt 30")).toBe("the core has not halted within 30 ms\n");
      expect((session.clock.now() - from) / PS_PER_MS).toBeGreaterThanOrEqual(30);
      expect(await monitor(client, "waithalt")).toBe("the core has not halted within 1000 ms\n");
      expect((session.clock.now() - from) / PS_PER_MS).toBeLessThan(1100);
    });
  });
});

describe("monitor reset", () => {
  it("halts the chip before its first instruction, with no word, halt and init", async () => {
    await talk(async (client, session) => {
      const [entry] = await session.core.memory.run([{ op: "read", address: 4, width: 32 }]);
      for (const line of ["reset", "reset halt", "reset init"]) {
        const at = `0x${((entry & ~1) >>> 0).toString(16).toUpperCase().padStart(8, "0")}`;
        expect(await monitor(client, line)).toBe(`the target was reset and halted at ${at}\n`);
        expect(await session.core.state()).toBe("halted");
      }
    });
  });

  it("lets the core run by reset run", async () => {
    await talk(
      async (client, session) => {
        expect(await monitor(client, "reset run")).toContain("the target was reset and runs");
        expect(await session.core.state()).not.toBe("halted");
      },
      OPTIONS,
      board({ flash: "zero", execute: false }),
    );
  });

  it("answers as J-Link's server does where flash is programmed by plain writes", async () => {
    await talk(
      async (client) => {
        expect(await monitor(client, "reset")).toBe("Resetting target\n");
      },
      { ...OPTIONS, flashBy: "writes" },
    );
  });
});

describe("monitor regs, setbp and clrbp", () => {
  it("show all registers in one line", async () => {
    await talk(async (client) => {
      await client.ask("P0=78563412");
      const line = await monitor(client, "regs");
      expect(line).toMatch(/^R0 = 0x12345678, R1 = 0x[0-9A-F]{8}, /);
      expect(line.split(", ").map((part) => part.split(" ")[0])).toEqual([
        ...["R0", "R1", "R2", "R3", "R12", "SP", "LR", "PC", "XPSR", "MSP", "PSP", "CFBP"],
      ]);
    });
  });

  it("set a breakpoint that stops the core, and take it away", async () => {
    await talk(async (client) => {
      await loadMoves(client);
      expect(await monitor(client, "setbp 0x20000004")).toBe("breakpoint at 0x20000004\n");
      expect(await client.ask("vCont;c:1")).toContain("0f:04000020;");
      expect(await monitor(client, "clrbp")).toBe("all breakpoints and watchpoints are cleared\n");
      await client.ask("Pf=00000020");
      await monitor(client, "go");
      expect(await monitor(client, "waithalt 20")).toBe("the core has not halted within 20 ms\n");
    });
  });
});

describe("monitor why", () => {
  it("answers the last failure in full, and that there is none", async () => {
    await talk(
      async (client) => {
        expect(await monitor(client, "why")).toBe("nothing has gone wrong yet\n");
        expect(await monitor(client, "reg q9")).toBe('There is no register "q9" here\nmonitor why says more\n');
        expect(await monitor(client, "why")).toBe('There is no register "q9" here\nwhat to do\n');
      },
      OPTIONS,
      undefined,
      { explain: (error) => [(error as Error).message, "what to do"] },
    );
  });

  it("looks at the fault's registers where the core stands in the handler of one", async () => {
    await talk(async (client) => {
      // ldr r0, =0x30000000; ldr r0, [r0]: nothing is there; the handler is at 0x20000010, and stays there.
      await client.ask("M20000000,14:004800680030000000300000fee7fee7fee7fee7");
      await client.ask("Me000ed08,4:00000020");
      await client.ask("M20000000,18:000003201100002011000020110000200048006800000030");
      await client.ask("Pf=10000020");
      await client.ask("vCont;c:1");
      expect(await monitor(client, "why")).toMatch(/^the core stopped in /);
    });
  });
});

describe("monitor jlink", () => {
  it("runs a line of the Commander and shows its lines, or that it is not served", async () => {
    const lines: string[] = [];
    const commander = async (line: string) => {
      lines.push(line);
      return "first\nsecond\n";
    };
    await talk(
      async (client) => {
        expect(await monitor(client, "jlink mem 0 4")).toBe("first\nsecond\n");
      },
      OPTIONS,
      undefined,
      { commander },
    );
    expect(lines).toEqual(["mem 0 4"]);
    await talk(async (client) => {
      expect(await monitor(client, "jlink mem 0 4")).toBe("J-Link Commander's lines are not served here\n");
    });
  });
});

describe("monitor sleep", () => {
  it("lets so many milliseconds pass", async () => {
    await talk(async (client, session) => {
      const from = session.clock.now();
      expect(await monitor(client, "sleep 250")).toBe("");
      expect((session.clock.now() - from) / PS_PER_MS).toBeGreaterThanOrEqual(250);
      expect((session.clock.now() - from) / PS_PER_MS).toBeLessThan(300);
    });
  });
});

describe("monitor with other words", () => {
  it("lists the words there are by help and by nothing", async () => {
    await talk(async (client) => {
      const help = await monitor(client, "help");
      expect(help).toContain("reset [halt|init|run]: ");
      expect(help).toContain("mww ADDRESS VALUE [COUNT]: ");
      expect(help.split("\n").length).toBeGreaterThan(30);
      expect(await monitor(client, " ")).toBe(help);
    });
  });

  it.each(["speed 4000", "endian little", "device MK24FN1M0xxx12", "init", "adapter speed 1000", "remoteport 1"])(
    "accepts what other servers' scripts send and nothing is done for: %s",
    async (line) => {
      await talk(async (client) => {
        expect(await monitor(client, line)).toBe(`${line.split(" ")[0]}: accepted, and not needed here\n`);
      });
    },
  );

  it("answers a word that it does not know with where they are listed", async () => {
    const lines = await talk(async (client) => {
      expect(await monitor(client, "speeder 1")).toBe('there is no command "speeder" here; monitor help lists them\n');
    });
    expect(lines).toContain("monitor speeder 1");
  });
});
