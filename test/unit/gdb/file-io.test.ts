import { describe, expect, it } from "vitest";
import type { GdbOptions } from "../../../src/gdb/host.ts";
import { frame, hexOf, hexOfText } from "../../../src/gdb/rsp.ts";
import { type GdbClient, monitor, OPTIONS, talk } from "../../support/gdb-client.ts";

const START = 0x20000000;
const BLOCK = 0x20000100;
const TEXT = 0x20000200;

/** Where requests have their bytes. */
const WINDOW = "ffff0000";

const OPERATION = {
  open: 0x01,
  close: 0x02,
  write0: 0x04,
  write: 0x05,
  read: 0x06,
  readc: 0x07,
  isTty: 0x09,
  seek: 0x0a,
  length: 0x0c,
  remove: 0x0e,
  rename: 0x0f,
  time: 0x11,
  system: 0x12,
  errno: 0x13,
} as const;

const SERVED: GdbOptions = {
  ...OPTIONS,
  semihosting: { isEnabled: true, commandLine: "", exits: false, fileIo: true },
};

const tick = () => new Promise((resolve) => setImmediate(resolve));
const words = (...values: readonly number[]) => hexOf(new Uint8Array(Uint32Array.from(values).buffer));
const put = (client: GdbClient, address: number, hex: string) =>
  client.ask(`M${address.toString(16)},${(hex.length / 2).toString(16)}:${hex}`);

/** The first packet behind so many answers that is no acknowledgement. */
async function next(client: GdbClient, from: number): Promise<string> {
  const seen = () => client.answers.slice(from).find((answer) => !/^(?:ack|nack)$/.test(answer));
  while (seen() === undefined) await tick();
  return seen() ?? "";
}

/** A firmware that performs one operation by `bkpt 0xAB` and then stops at `bkpt 0`; answers the request, or the stop. */
async function begin(client: GdbClient, operation: number, ...block: readonly number[]): Promise<string> {
  // bkpt 0xAB; bkpt 0
  await put(client, START, "abbe00be");
  await put(client, BLOCK, words(...block, 0));
  await client.ask(`P0=${words(operation)}`);
  await client.ask(`P1=${words(BLOCK)}`);
  await client.ask("Pf=00000020");
  const from = client.answers.length;
  client.put(frame("vCont;c"));
  return next(client, from);
}

/** Answers a request, and gives the packet behind it: another request, or the stop. */
async function answer(client: GdbClient, text: string): Promise<string> {
  const from = client.answers.length;
  client.put(frame(`F${text}`));
  return next(client, from);
}

const result = async (client: GdbClient): Promise<number> => Buffer.from(await client.ask("p0"), "hex").readInt32LE();

const named = async (client: GdbClient, name: string) => put(client, TEXT, hexOfText(`${name}\0`));

/** Opens a file, which GDB answers with descriptor 5; answers the firmware's handle. */
async function opened(client: GdbClient, mode: number): Promise<number> {
  await named(client, "a.txt");
  await begin(client, OPERATION.open, TEXT, mode, 5);
  expect(await answer(client, "5")).toMatch(/^T05/);
  return result(client);
}

describe("File-I/O of a firmware's semihosting", () => {
  it.each([
    ["r", 0, "0"],
    ["r+", 2, "2"],
    ["w", 4, "601"],
    ["w+", 6, "602"],
    ["a", 8, "209"],
    ["a+", 10, "20a"],
  ])(
    "opens a file for %s with its flags, with the name in the window while the request waits alone",
    async (_, mode, flags) => {
      await talk(async (client) => {
        await named(client, "a.txt");
        expect(await begin(client, OPERATION.open, TEXT, mode, 5)).toBe(`Fopen,${WINDOW}/6,${flags},1a4`);
        expect(await client.ask("Hg0")).toBe("OK");
        expect(await client.ask(`m${WINDOW},6`)).toBe(hexOfText("a.txt\0"));
        expect(await answer(client, "5")).toMatch(/^T05.*0f:02000020;/);
        expect(await result(client)).toBe(1);
        expect(await client.ask(`m${WINDOW},6`)).toBe("E01");
      }, SERVED);
    },
  );

  it("reads what GDB writes into the window, moves the place only where it must, and takes the length from fstat", async () => {
    await talk(async (client) => {
      const handle = await opened(client, 2);
      expect(await begin(client, OPERATION.read, handle, TEXT, 4)).toBe(`Fread,5,${WINDOW},4`);
      expect(await client.ask(`X${WINDOW},0:`)).toBe("OK");
      expect(await client.ask(`X${WINDOW},3:abc`)).toBe("OK");
      // The file's end is a read of nothing.
      expect(await answer(client, "3")).toBe("Fread,5,ffff0000,1");
      expect(await answer(client, "0")).toMatch(/^T05/);
      expect(await result(client)).toBe(1);
      expect(await client.ask(`m${TEXT.toString(16)},3`)).toBe(hexOfText("abc"));
      await begin(client, OPERATION.seek, handle, 0x10);
      expect(await begin(client, OPERATION.write, handle, TEXT, 3)).toBe("Flseek,5,10,0");
      expect(await answer(client, "10")).toBe(`Fwrite,5,${WINDOW},3`);
      expect(await client.ask(`x${WINDOW},3`)).toBe("babc");
      expect(await answer(client, "2")).toBe(`Fwrite,5,${WINDOW},1`);
      expect(await answer(client, "1")).toMatch(/^T05/);
      expect(await result(client)).toBe(0);
      expect(await begin(client, OPERATION.length, handle)).toBe(`Ffstat,5,${WINDOW}`);
      await client.ask(`M${WINDOW},40:${"00".repeat(28)}0000000000012345${"00".repeat(28)}`);
      expect(await answer(client, "0")).toMatch(/^T05/);
      expect(await result(client)).toBe(0x12345);
      expect(await begin(client, OPERATION.close, handle)).toBe("Fclose,5");
      expect(await answer(client, "0")).toMatch(/^T05/);
      expect(await result(client)).toBe(0);
    }, SERVED);
  });

  it("removes, renames, executes and asks for the time on GDB's machine, and gives its errno to the firmware", async () => {
    await talk(async (client) => {
      await put(client, TEXT, hexOfText("old\0new\0"));
      expect(await begin(client, OPERATION.remove, TEXT, 3)).toBe(`Funlink,${WINDOW}/4`);
      expect(await answer(client, "-1,d")).toMatch(/^T05/);
      expect(await result(client)).toBe(-1);
      await begin(client, OPERATION.errno);
      expect(await result(client)).toBe(13);
      expect(await begin(client, OPERATION.rename, TEXT, 3, TEXT + 4, 3)).toBe(`Frename,${WINDOW}/4,ffff0004/4`);
      expect(await client.ask(`m${WINDOW},8`)).toBe(hexOfText("old\0new\0"));
      expect(await answer(client, "0")).toMatch(/^T05/);
      expect(await begin(client, OPERATION.system, TEXT, 3)).toBe(`Fsystem,${WINDOW}/4`);
      expect(await answer(client, "2")).toMatch(/^T05/);
      expect(await result(client)).toBe(2);
      expect(await begin(client, OPERATION.time)).toBe(`Fgettimeofday,${WINDOW},0`);
      await client.ask(`M${WINDOW},c:65432100${"00".repeat(8)}`);
      expect(await answer(client, "0")).toMatch(/^T05/);
      expect(await result(client)).toBe(0x65432100);
    }, SERVED);
  });

  it("has GDB's console for the standard streams: prints there, and asks it for input and whether it is a terminal", async () => {
    await talk(async (client) => {
      await named(client, ":tt");
      await begin(client, OPERATION.open, TEXT, 8, 3);
      const handle = await result(client);
      expect(await begin(client, OPERATION.write, handle, TEXT, 3)).toBe(`Fwrite,2,${WINDOW},3`);
      expect(await answer(client, "3")).toMatch(/^T05/);
      expect(await begin(client, OPERATION.isTty, handle)).toBe("Fisatty,2");
      expect(await answer(client, "0")).toMatch(/^T05/);
      expect(await result(client)).toBe(0);
      expect(await begin(client, OPERATION.readc)).toBe(`Fread,0,${WINDOW},1`);
      await client.ask(`M${WINDOW},1:78`);
      expect(await answer(client, "1")).toMatch(/^T05/);
      expect(await result(client)).toBe(0x78);
    }, SERVED);
  });

  it("stops where the call stands when Ctrl-C ends it, performs it again at the next continue, and stops behind one that was done", async () => {
    await talk(async (client) => {
      expect(await begin(client, OPERATION.readc)).toBe(`Fread,0,${WINDOW},1`);
      expect(await answer(client, "-1,4,C")).toMatch(/^T02.*0f:00000020;/);
      const from = client.answers.length;
      client.put(frame("vCont;c"));
      expect(await next(client, from)).toBe(`Fread,0,${WINDOW},1`);
      await client.ask(`M${WINDOW},1:79`);
      // b . behind the call
      await put(client, START + 2, "fee7");
      expect(await answer(client, "1,0,C")).toMatch(/^T02.*0f:02000020;/);
      expect(await result(client)).toBe(0x79);
    }, SERVED);
  });

  it("waits for the answer when Ctrl-C has crossed the request", async () => {
    await talk(async (client) => {
      await begin(client, OPERATION.readc);
      client.put(Uint8Array.of(3));
      expect(await client.ask("Hg0")).toBe("OK");
      expect(await answer(client, "-1,4,C")).toMatch(/^T02.*0f:00000020;/);
    }, SERVED);
  });

  it("ends with the connection while a request waits", async () => {
    await talk(async (client) => {
      expect(await begin(client, OPERATION.readc)).toMatch(/^Fread/);
    }, SERVED);
  });

  it("ends with the connection while a request waits whose answer Ctrl-C has asked for", async () => {
    await talk(async (client) => {
      expect(await begin(client, OPERATION.readc)).toMatch(/^Fread/);
      client.put(Uint8Array.of(3));
      expect(await client.ask("Hg0")).toBe("OK");
    }, SERVED);
  });

  it.each([
    ["more than was asked for", "5"],
    ["less than nothing", "-2"],
    ["no errno", "-1"],
    ["an errno of 0", "-1,0"],
    ["an errno beyond the protocol's", "-1,fffff"],
    ["no number", "?"],
  ])("fails a write with EIO where GDB answers %s", async (_, text) => {
    await talk(async (client) => {
      const handle = await opened(client, 2);
      expect(await begin(client, OPERATION.write, handle, TEXT, 4)).toBe(`Fwrite,5,${WINDOW},4`);
      expect(await answer(client, text)).toMatch(/^T05/);
      // SYS_WRITE answers how many bytes were not written.
      expect(await result(client)).toBe(4);
      await begin(client, OPERATION.errno);
      expect(await result(client)).toBe(5);
    }, SERVED);
  });

  it("closes a file that a reset has left open in GDB before it opens the next one", async () => {
    await talk(async (client) => {
      await opened(client, 0);
      await client.ask("vRun;");
      await named(client, "a.txt");
      expect(await begin(client, OPERATION.open, TEXT, 0, 5)).toBe("Fclose,5");
      expect(await answer(client, "0")).toBe(`Fopen,${WINDOW}/6,0,1a4`);
      expect(await answer(client, "6")).toMatch(/^T05/);
      expect(await result(client)).toBe(1);
    }, SERVED);
  });

  it("fails a call in non-stop mode, where GDB takes no requests, and prints that once", async () => {
    const lines = await talk(async (client) => {
      await client.ask("QNonStop:1");
      await named(client, "a.txt");
      for (let i = 1; i <= 2; i++) {
        expect(await begin(client, OPERATION.open, TEXT, 0, 5)).toBe("OK");
        while (client.notifications.length < i) await tick();
        expect(await result(client)).toBe(-1);
        await client.ask("vStopped");
      }
    }, SERVED);
    expect(lines.filter((line) => line.includes("File-I/O"))).toHaveLength(1);
  });

  it("is off without its option until OpenOCD's word enables it", async () => {
    const off = { ...SERVED, semihosting: { isEnabled: true, commandLine: "", exits: false } };
    await talk(async (client) => {
      await named(client, "a.txt");
      expect(await begin(client, OPERATION.open, TEXT, 0, 5)).toMatch(/^T05/);
      expect(await result(client)).toBe(-1);
      expect(await monitor(client, "arm semihosting_fileio enable")).toMatch(/^File-I\/O is on/);
      expect(await monitor(client, "semihosting fileio")).toMatch(/^File-I\/O is on/);
      expect(await begin(client, OPERATION.open, TEXT, 0, 5)).toBe(`Fopen,${WINDOW}/6,0,1a4`);
      expect(await answer(client, "-1,2")).toMatch(/^T05/);
    }, off);
  });

  it("ignores an answer that nothing waits for", async () => {
    await talk(async (client) => {
      client.put(frame("F0"));
      expect(await client.ask("Hg0")).toBe("OK");
    }, SERVED);
  });
});
