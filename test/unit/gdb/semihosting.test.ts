import { describe, expect, it } from "vitest";
import type { GdbOptions, GdbSemihostingHost } from "../../../src/gdb/host.ts";
import { frame, hexOfText } from "../../../src/gdb/rsp.ts";
import { GdbTarget } from "../../../src/gdb/server.ts";
import { ERRNO, SemihostingFailure } from "../../../src/semihosting/failure.ts";
import { isSemihostingCall } from "../../../src/semihosting/serve-call.ts";
import type { Session } from "../../../src/session/session.ts";
import { board, onTarget } from "../../support/board.ts";
import { GdbClient, OPTIONS, talk } from "../../support/gdb-client.ts";

/**
 * In RAM: movs r0, #4; adr r1, text; bkpt 0xAB (SYS_WRITE0); movs r0, #7; bkpt 0xAB (SYS_READC); mov r4, r0; movs r0, #0x18;
 * ldr r1, =0x20026; bkpt 0xAB (SYS_EXIT); b .; then the text "hi\n".
 */
const PROGRAM = "042005a1abbe0720abbe044618200149abbefee72600020068690a00";
const START = 0x20000000;
const AT = { write: "04000020", read: "08000020", exit: "10000020", end: "12000020" } as const;

const O_HI = `O${hexOfText("hi\n")}`;

const NO_FILES = {
  open: async (): Promise<never> => {
    throw new SemihostingFailure(ERRNO.EACCES, "none");
  },
  remove: async () => {},
  rename: async () => {},
};

/** A terminal whose input is given, and that otherwise waits. */
class Terminal {
  printed = "";
  input = "";

  async write(bytes: Uint8Array): Promise<void> {
    this.printed += new TextDecoder().decode(bytes);
  }

  async read(most: number, signal: AbortSignal): Promise<Uint8Array> {
    while (this.input === "") {
      signal.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
    }
    const taken = this.input.slice(0, most);
    this.input = this.input.slice(most);
    return new TextEncoder().encode(taken);
  }
}

async function load(client: GdbClient): Promise<void> {
  await client.ask(`M${START.toString(16)},${(PROGRAM.length / 2).toString(16)}:${PROGRAM}`);
  await client.ask("Pf=00000020");
}

/** Sends a packet and answers all that comes up to a stop. */
async function untilStop(client: GdbClient, packet: string): Promise<readonly string[]> {
  const before = client.answers.length;
  await client.ask(packet);
  const seen = () => client.answers.slice(before).filter((answer) => !/^(?:ack|nack)$/.test(answer));
  while (!seen().some((answer) => /^[TWX]/.test(answer))) await new Promise((resolve) => setImmediate(resolve));
  return seen();
}

/** Serves a session that stays when the client has gone. */
function served(session: Session, semihosting: GdbSemihostingHost, options: GdbOptions) {
  const client = new GdbClient();
  const rest = async (us: number) => {
    await session.clock.sleep(us);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const host = { print: () => {}, explain: (error: unknown) => [(error as Error).message], rest, semihosting };
  const serving = new GdbTarget(session, host, options).debug(client);
  const end = async () => {
    client.end();
    await serving;
  };
  return { client, end };
}

const serving = (isEnabled: boolean, exits = false) => ({
  ...OPTIONS,
  semihosting: { isEnabled, commandLine: "", exits },
});

describe("semihosting beside GDB", () => {
  const withTerminal = (work: (client: GdbClient, terminal: Terminal) => Promise<void>, options = serving(true)) => {
    const terminal = new Terminal();
    const host: GdbSemihostingHost = { files: NO_FILES, terminal, unixSeconds: () => 0 };
    return talk((client) => work(client, terminal), options, board({ flash: "zero" }), { semihosting: host });
  };

  it("is off until it is asked for: the call stops the core with a line that names it, and continue goes behind it", async () => {
    await withTerminal(async (client) => {
      await load(client);
      const [line, stop] = await untilStop(client, "vCont;c");
      expect(Buffer.from(line.slice(1), "hex").toString()).toMatch(
        /semihosting call \(SYS_WRITE0\), and semihosting is off: --semihosting or monitor semihosting enable/,
      );
      expect(stop).toMatch(new RegExp(`^T05.*0f:${AT.write};`));
      expect((await untilStop(client, "vCont;c")).at(-1)).toMatch(new RegExp(`^T05.*0f:${AT.read};`));
      await client.ask(`qRcmd,${hexOfText("arm semihosting enable")}`);
      await client.ask(`qRcmd,${hexOfText("semihosting IOclient 2")}`);
      // SYS_READC at the same place: GDB has no input, so it is at its end.
      expect((await untilStop(client, "vCont;c")).at(-1)).toMatch(new RegExp(`^T05.*0f:${AT.exit};`));
      expect(await client.ask("p4")).toBe("ffffffff");
    }, serving(false));
  });

  it("prints to GDB and to the terminal while the core runs on, reads from the terminal, and stops at the firmware's end", async () => {
    await withTerminal(async (client, terminal) => {
      await load(client);
      terminal.input = "x";
      const answers = await untilStop(client, "vCont;c");
      expect(answers[0]).toBe(O_HI);
      expect(Buffer.from(answers[1].slice(1), "hex").toString()).toBe("the firmware has ended by SYS_EXIT with 0\n");
      expect(answers[2]).toMatch(new RegExp(`^T05.*0f:${AT.exit};`));
      expect(terminal.printed).toBe("hi\n");
      expect(await client.ask("p4")).toBe("78000000");
      // A step leaves the BKPT of the end.
      expect((await untilStop(client, "vCont;s:1")).at(-1)).toMatch(new RegExp(`0f:${AT.end};`));
    });
  });

  it.each([
    ["1", "hi\n", false],
    ["2", "", true],
    ["3", "hi\n", true],
  ])("prints with IOclient %s to the clients of that mask", async (mask, printed, isInGdb) => {
    await withTerminal(async (client, terminal) => {
      await load(client);
      terminal.input = "x";
      await client.ask(`qRcmd,${hexOfText(`semihosting IOclient ${mask}`)}`);
      const answers = await untilStop(client, "vCont;c");
      expect([terminal.printed, answers.includes(O_HI)]).toEqual([printed, isInGdb]);
    });
  });

  it("takes Ctrl-C while a call waits for input, and performs the call again at the next continue", async () => {
    await withTerminal(async (client, terminal) => {
      await load(client);
      const stopped = untilStop(client, "vCont;c");
      while (terminal.printed === "") await new Promise((resolve) => setImmediate(resolve));
      client.put(Uint8Array.of(3));
      expect((await stopped).at(-1)).toMatch(new RegExp(`^T02.*0f:${AT.read};`));
      terminal.input = "y";
      expect((await untilStop(client, "vCont;c")).at(-1)).toMatch(new RegExp(`0f:${AT.exit};`));
      expect(await client.ask("p4")).toBe("79000000");
      expect(terminal.printed).toBe("hi\n");
    });
  });

  it.each(["a detach", "the end of the connection"])("passes a call that waits for input over at %s", async (how) => {
    const terminal = new Terminal();
    const host: GdbSemihostingHost = { files: NO_FILES, terminal, unixSeconds: () => 0 };
    let pc: number | undefined;
    const options = { ...serving(true), onClose: "run" } as const;
    await onTarget(board({ flash: "zero" }), async (session) => {
      const { client, end } = served(session, host, options);
      await load(client);
      // Behind SYS_READC: b .
      await client.ask("M2000000a,2:fee7");
      if (how === "a detach") await client.ask("QNonStop:1");
      client.put(frame("vCont;c"));
      while (terminal.printed === "") await new Promise((resolve) => setImmediate(resolve));
      const before = client.answers.length;
      if (how === "a detach") expect(await client.ask("D")).toBe("OK");
      await end();
      // A run that nothing waits for any more reports no stop.
      expect(client.answers.slice(before).filter((answer) => answer.startsWith("T"))).toEqual([]);
      expect(client.notifications).toEqual([]);
      await session.clock.sleep(1000);
      expect(await session.core.state()).toBe("running");
      await session.core.halt();
      [pc] = await session.core.readRegisters(["PC"]);
    });
    expect(pc).toBe(0x2000000a);
  });

  it("prints lines on the console in non-stop mode, and one without an end once it is long or the firmware has ended", async () => {
    const lines = await withTerminal(async (client, terminal) => {
      await load(client);
      terminal.input = "x";
      // ldr r1, =0x20001000 in place of adr r1: 5000 letters without an end, then "hi".
      const text = `${"61".repeat(5000)}0a6869`;
      for (let at = 0; at < text.length; at += 1000)
        await client.ask(
          `M${(0x20001000 + at / 2).toString(16)},${(text.slice(at, at + 1000).length / 2).toString(16)}:${text.slice(at, at + 1000)}`,
        );
      await client.ask("M2000238b,1:00");
      await client.ask("M20000002,2:0649");
      await client.ask("M2000001c,4:00100020");
      await client.ask("QNonStop:1");
      await client.ask("vCont;c");
      while (client.notifications.length === 0) await new Promise((resolve) => setImmediate(resolve));
    });
    const own = lines.filter((line) => /^(?:a+|hi)$/.test(line));
    expect(own.map((line) => line.length)).toEqual([4096, 904, 2]);
  });

  it("serves a call that is stepped over, once", async () => {
    await withTerminal(async (client, terminal) => {
      await load(client);
      for (let i = 0; i < 2; i++) await untilStop(client, "vCont;s:1");
      expect(terminal.printed).toBe("");
      expect((await untilStop(client, "vCont;s:1")).at(-1)).toMatch(/^T05.*0f:06000020;/);
      expect(terminal.printed).toBe("hi\n");
      expect((await untilStop(client, "vCont;r20000006,20000008:1")).at(-1)).toMatch(/^T05.*0f:08000020;/);
      expect(terminal.printed).toBe("hi\n");
    });
  });

  it("ends the program for GDB with the firmware's code where that is asked for", async () => {
    await withTerminal(
      async (client, terminal) => {
        await load(client);
        terminal.input = "x";
        expect((await untilStop(client, "vCont;c")).at(-1)).toBe("W00");
        await load(client);
        terminal.input = "x";
        await client.ask("M20000014,4:23000200");
        expect((await untilStop(client, "vCont;c")).at(-1)).toBe("W01");
        // SYS_EXIT_EXTENDED with 0x100: no success, though the byte of the reply would be 0.
        await load(client);
        terminal.input = "x";
        await client.ask("M2000000c,2:2020");
        await client.ask("M20000014,4:00010020");
        await client.ask("M20000100,8:2600020000010000");
        expect((await untilStop(client, "vCont;c")).at(-1)).toBe("W01");
      },
      serving(true, true),
    );
  });

  it("stops at a breakpoint that stands on a call before the call, and serves it when it is stepped over", async () => {
    await withTerminal(async (client, terminal) => {
      await load(client);
      await client.ask("Z0,20000004,2");
      expect((await untilStop(client, "vCont;c")).at(-1)).toMatch(new RegExp(`0f:${AT.write};`));
      expect(terminal.printed).toBe("");
      await client.ask("z0,20000004,2");
      await untilStop(client, "vCont;s:1");
      expect(terminal.printed).toBe("hi\n");
    });
  });
});

describe("a core that stands where memory can't be read", () => {
  it("asks for no semihosting call", async () => {
    await onTarget(board({ flash: "zero" }), async ({ core }) => {
      expect(await isSemihostingCall(core, 0x60000000)).toBe(false);
      await core.memory.write(START, Uint8Array.of(0xab, 0xbe), 16);
      expect(await isSemihostingCall(core, START)).toBe(true);
    });
  });
});
