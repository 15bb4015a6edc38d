import { describe, expect, it } from "vitest";
import { BLOCK, BUFFER, Lab } from "./lab.ts";

const ENOENT = 2;
const EBADF = 9;
const EFAULT = 14;
const EINVAL = 22;
const ENOSYS = 88;

/** SYS_ERRNO. */
const errno = (lab: Lab) => lab.call(0x13);

describe("semihosting operations on files", () => {
  it("write a file, read it from a place on, and answer the bytes that are missing", async () => {
    const lab = new Lab();
    const file = await lab.open("a.txt", 6);
    expect(file).toBe(1);
    lab.put("0123456789", 0x300);
    expect(await lab.call(0x05, file, 0x300, 10)).toBe(0);
    expect(await lab.call(0x0c, file)).toBe(10);
    expect(await lab.call(0x09, file)).toBe(0);
    expect(await lab.call(0x0a, file, 4)).toBe(0);
    expect(await lab.call(0x06, file, 0x400, 16)).toBe(10);
    expect(lab.text(6, 0x400)).toBe("456789");
    expect(await lab.call(0x06, file, 0x400, 16)).toBe(16);
    expect(await lab.call(0x02, file)).toBe(0);
    expect(await lab.call(0x02, file)).toBe(-1);
    expect(await errno(lab)).toBe(EBADF);
  });

  it("append at the end wherever the place is, and refuse what the mode does not allow", async () => {
    const lab = new Lab();
    lab.files.set("log", new TextEncoder().encode("one"));
    const file = await lab.open("log", 8);
    await lab.call(0x0a, file, 0);
    lab.put("two", 0x300);
    expect(await lab.call(0x05, file, 0x300, 3)).toBe(0);
    expect(new TextDecoder().decode(lab.files.get("log"))).toBe("onetwo");
    expect(await lab.call(0x06, file, 0x400, 3)).toBe(3);
    expect(await errno(lab)).toBe(EBADF);
    const reader = await lab.open("log", 0);
    expect(await lab.call(0x05, reader, 0x300, 3)).toBe(3);
  });

  it("transfer more than one piece, and stop where the file does", async () => {
    const lab = new Lab();
    lab.files.set("big", new Uint8Array(10_000).fill(0x5a));
    const file = await lab.open("big", 1);
    expect(await lab.call(0x06, file, 0x1000, 0xc000)).toBe(0xc000 - 10_000);
    expect(lab.bytes[0x1000 + 9_999]).toBe(0x5a);
    expect(lab.bytes[0x1000 + 10_000]).toBe(0);
  });

  it("answer -1 for a file that is missing, a mode that is none and a name outside of memory", async () => {
    const lab = new Lab();
    expect(await lab.open("missing", 0)).toBe(-1);
    expect(await errno(lab)).toBe(ENOENT);
    expect(await lab.open("a", 12)).toBe(-1);
    expect(await errno(lab)).toBe(EINVAL);
    expect(await lab.call(0x01, 0xfffffff0, 0, 8)).toBe(-1);
    expect(await errno(lab)).toBe(EFAULT);
  });

  it("remove and rename by name, and give names for temporary files", async () => {
    const lab = new Lab();
    lab.files.set("old", Uint8Array.of(1));
    lab.put("old", 0x300);
    lab.put("new", 0x310);
    expect(await lab.call(0x0f, 0x300, 3, 0x310, 3)).toBe(0);
    expect([...lab.files.keys()]).toEqual(["new"]);
    expect(await lab.call(0x0e, 0x310, 3)).toBe(0);
    expect(await lab.call(0x0e, 0x310, 3)).toBe(-1);
    expect(await lab.call(0x0d, BUFFER, 7, 64)).toBe(0);
    expect(lab.text(20)).toBe("semihosting-007.tmp\0");
    expect(await lab.call(0x0d, BUFFER, 7, 19)).toBe(-1);
  });

  it("refuse a 65th open file, and open it once another is closed", async () => {
    const lab = new Lab();
    for (let i = 0; i < 64; i++) expect(await lab.open("a", 4)).toBe(i + 1);
    expect(await lab.open("a", 4)).toBe(-1);
    await lab.call(0x02, 30);
    expect(await lab.open("a", 4)).toBe(30);
  });

  it("show the extensions EXIT_EXTENDED and STDOUT_STDERR in :semihosting-features", async () => {
    const lab = new Lab();
    const file = await lab.open(":semihosting-features", 0);
    expect(await lab.call(0x0c, file)).toBe(5);
    expect(await lab.call(0x06, file, 0x400, 5)).toBe(0);
    expect([...lab.bytes.slice(0x400, 0x405)]).toEqual([0x53, 0x48, 0x46, 0x42, 0x03]);
    expect(await lab.open(":semihosting-features", 4)).toBe(-1);
  });
});

describe("semihosting operations on the console", () => {
  it("print characters, texts and what is written to :tt by its mode", async () => {
    const lab = new Lab();
    lab.put("a text");
    expect(await lab.perform(0x04, BUFFER)).toEqual({ kind: "return", value: 0 });
    await lab.perform(0x03, BUFFER + 2);
    const [out, err] = [await lab.open(":tt", 4), await lab.open(":tt", 8)];
    lab.put("OE", 0x300);
    await lab.call(0x05, out, 0x300, 1);
    await lab.call(0x05, err, 0x301, 1);
    expect(lab.printed).toEqual({ out: "a texttO", err: "E" });
    expect([await lab.call(0x09, out), await lab.call(0x0c, out), await lab.call(0x0a, out, 0)]).toEqual([1, 0, -1]);
  });

  it("print a text over the border of a piece, and end a text that has no end at the end of memory", async () => {
    const lab = new Lab();
    lab.put("x".repeat(100), 0x33d);
    await lab.perform(0x04, 0x33d);
    expect(lab.printed.out).toBe("x".repeat(100));
    lab.bytes.fill(0x79, 0xffc0);
    expect(await lab.perform(0x04, 0xfff0)).toEqual({ kind: "return", value: 0xffffffff });
    expect(lab.printed.out).toBe("x".repeat(100) + "y".repeat(16));
  });

  it("read what was typed as it comes, and answer the end of the input", async () => {
    const lab = new Lab();
    lab.input = "abc";
    const input = await lab.open(":tt", 0);
    expect(await lab.call(0x07)).toBe(0x61);
    expect(await lab.call(0x06, input, 0x400, 10)).toBe(8);
    expect(lab.text(2, 0x400)).toBe("bc");
    expect(await lab.call(0x06, input, 0x400, 10)).toBe(10);
    expect(await lab.call(0x07)).toBe(-1);
    expect(await lab.call(0x05, input, 0x400, 1)).toBe(1);
  });
});

describe("semihosting operations on the system", () => {
  it("answer times, the command line, heap info and whether a status is an error", async () => {
    const lab = new Lab();
    expect(await lab.call(0x10)).toBe(123);
    expect(await lab.call(0x11)).toBe(1_800_000_000);
    lab.us = 2 ** 32 + 5;
    await lab.perform(0x30, 0x400);
    expect([lab.word(0x400), lab.word(0x404)]).toEqual([5, 1]);
    expect(await lab.call(0x31)).toBe(1_000_000);
    expect(await lab.call(0x15, 0x400, 80)).toBe(0);
    expect([lab.text(9, 0x400), lab.word(BLOCK + 4)]).toEqual(["prog one\0", 8]);
    expect(await lab.call(0x15, 0x400, 8)).toBe(-1);
    lab.bytes.fill(0xff, 0x500, 0x510);
    expect(await lab.call(0x16, 0x500)).toBe(0);
    expect([...lab.bytes.slice(0x500, 0x510)]).toEqual(new Array(16).fill(0));
    expect([await lab.call(0x08, 0xffffffff), await lab.call(0x08, 7)]).toEqual([1, 0]);
  });

  it("execute no command of the host's, and know no operation that there is not", async () => {
    const lab = new Lab();
    lab.put("true");
    expect(await lab.call(0x12, BUFFER, 4)).toBe(-1);
    expect(await errno(lab)).toBe(ENOSYS);
    for (const none of [0x00, 0x0b, 0x14, 0x17, 0x19, 0x32, 0x100]) expect(await lab.call(none)).toBe(-1);
  });

  it("end with 0 for an application's exit, with the subcode of an extended one, and with 1 for any other reason", async () => {
    const lab = new Lab();
    expect(await lab.perform(0x18, 0x20026)).toMatchObject({ kind: "exit", code: 0 });
    expect(await lab.perform(0x18, 0x20023)).toMatchObject({ code: 1, words: expect.stringMatching(/run-time error/) });
    expect(await lab.perform(0x18, 0x1)).toMatchObject({ code: 1, words: expect.stringMatching(/reason 0x1$/) });
    await expect(lab.call(0x20, 0x20026, 42)).rejects.toThrow("SYS_EXIT_EXTENDED with 42");
    await expect(lab.call(0x20, 0x20024, 0)).rejects.toThrow("internal error");
  });

  it("throw what the host throws by itself, as a lost probe does", async () => {
    const lab = new Lab();
    Object.defineProperty(lab, "bytes", {
      get: () => {
        throw new Error("the probe is lost");
      },
    });
    await expect(lab.perform(0x04, BUFFER)).rejects.toThrow("the probe is lost");
  });
});

describe("semihosting operations that are called off or too long", () => {
  /** Ends the call with the piece of memory that is read or written next but `count`. */
  const endedAfter = (lab: Lab, count: number) => {
    const end = new AbortController();
    let left = count;
    lab.onAccess = () => {
      if (left-- === 0) end.abort("called off");
    };
    return end.signal;
  };

  it("end a transfer at the next piece, and answer what is missing", async () => {
    const lab = new Lab();
    const file = await lab.open("a", 4);
    new DataView(lab.bytes.buffer).setUint32(BLOCK, file, true);
    new DataView(lab.bytes.buffer).setUint32(BLOCK + 4, 0x1000, true);
    new DataView(lab.bytes.buffer).setUint32(BLOCK + 8, 0x8000, true);
    const outcome = await lab.perform(0x05, BLOCK, endedAfter(lab, 2));
    expect(outcome).toEqual({ kind: "return", value: 0x5000 });
    expect(lab.files.get("a")).toHaveLength(0x3000);
    await expect(lab.perform(0x05, BLOCK, AbortSignal.abort("called off"))).rejects.toBe("called off");
    expect(lab.files.get("a")).toHaveLength(0x3000);
  });

  it("end a text without a 0 at the next piece", async () => {
    const lab = new Lab();
    lab.bytes.fill(0x41);
    await expect(lab.perform(0x04, 0x1000, endedAfter(lab, 3))).rejects.toBe("called off");
    expect(lab.printed.out).toHaveLength(4 * 64);
  });

  it("fail with EFAULT where the range ends beyond the address space, and move nothing", async () => {
    const lab = new Lab();
    lab.files.set("a", new Uint8Array(16));
    const file = await lab.open("a", 2);
    for (const operation of [0x05, 0x06]) {
      expect((await lab.call(operation, file, 0x1000, 0xffffffff)) >>> 0).toBe(0xffffffff);
      expect(await errno(lab)).toBe(EFAULT);
    }
    expect(lab.files.get("a")).toEqual(new Uint8Array(16));
  });

  it("transfer 16 MB in one call at most", async () => {
    const lab = new Lab();
    const out = await lab.open(":tt", 4);
    lab.isEndless = true;
    lab.onPrinted = () => {};
    expect(await lab.call(0x05, out, 0, 0x1800000)).toBe(0x800000);
  });
});
