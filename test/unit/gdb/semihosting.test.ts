import { describe, expect, it } from "vitest";
import type { GdbSemihostingHost } from "../../../src/gdb/host.ts";
import { hexOfText } from "../../../src/gdb/rsp.ts";
import { ERRNO, SemihostingFailure } from "../../../src/semihosting/failure.ts";
import { board } from "../../support/board.ts";
import { type GdbClient, OPTIONS, talk } from "../../support/gdb-client.ts";

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
