import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEVICE, FREE_PORTS, gdbAt, started } from "./gdb-bench.ts";

describe("monitor jlink", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-monitor-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Serves a board to `work`, which sends lines of the Commander. */
  async function served(
    work: (line: (text: string) => Promise<string>, gdb: Awaited<ReturnType<typeof gdbAt>>) => Promise<void>,
    device: readonly string[] = [DEVICE],
  ) {
    const server = await started(["-device", device.join(" "), ...FREE_PORTS], { folder });
    const [, port] = (await server.until(/Listening on TCP\/IP port (\d+)/)) ?? [];
    const gdb = await gdbAt(Number(port));
    await gdb.ask("?");
    await work((text) => gdb.monitor(`jlink ${text}`), gdb);
    gdb.end();
    server.stop();
    expect(await server.exit).toBe(0);
  }

  it("prints what a line of the Commander prints, and leaves the target to GDB", async () => {
    await served(async (line, gdb) => {
      expect(await line("w4 0x20001000 0x12345678")).toContain("Writing 12345678 -> 20001000");
      expect(await line("mem32 0x20001000 1")).toContain("20001000 = 12345678");
      expect(await gdb.ask("m20001000,4")).toBe("78563412");
      expect(await line("regs")).toMatch(/PC = [0-9A-F]{8}/);
      expect(await line("nonsense")).toContain("Unknown command");
      expect(await gdb.ask("g")).toMatch(/^[0-9a-f]{136}$/);
    });
  });

  it("refuses lines that need a consent, that end the connection, or that are for a run of several", async () => {
    await served(async (line, gdb) => {
      for (const text of ["erase", "erase 0x8000 0x9000", "unlock Kinetis"])
        expect(await line(text)).toMatch(/is refused here: .* needs a consent/);
      expect(await line("WriteAP 1 4")).toContain("the server's --raw allows it");
      expect(await line("w1 0x40020000 0x80")).toContain("0x40020000 lies in");
      for (const text of ["SWDSelect", "r0", "connect", "device X", "q", "exec AllowIrreversible x", "log x"])
        expect(await line(text), text).toContain("is refused here");
      expect(await gdb.ask("?")).toMatch(/^T05/);
    });
  });

  it("ends a line's wait with its client, so that the next client can debug", async () => {
    const server = await started(["-device", DEVICE, ...FREE_PORTS], { folder });
    const [, port] = (await server.until(/Listening on TCP\/IP port (\d+)/)) ?? [];
    const first = await gdbAt(Number(port));
    await first.ask("?");
    void first.monitor("jlink Sleep 50000");
    first.end();
    // One that only looks is offered no non-stop mode.
    for (let isDebugger = false; !isDebugger; ) {
      const next = await gdbAt(Number(port));
      isDebugger = (await next.ask("qSupported")).includes("QNonStop+");
      next.end();
    }
    server.stop();
    expect(await server.exit).toBe(0);
  });

  it("keeps a chip open whose file would lock it, and programs that file as it is where the server's device allows it", async () => {
    const lock = Buffer.alloc(16, 0xff);
    lock[12] = 0xfd;
    writeFileSync(join(folder, "lock.bin"), lock);
    await served(async (line, gdb) => {
      expect(await line("loadbin lock.bin 0x400")).toContain("O.K.");
      expect(await gdb.ask("m40c,1")).toBe("fe");
    });
    await served(
      async (line, gdb) => {
        expect(await line("loadbin lock.bin 0x400")).toContain("O.K.");
        expect(await gdb.ask("m40c,1")).toBe("fd");
      },
      [DEVICE, "(allow security)"],
    );
  });

  it("reads no file that a symbolic link in the server's folder leads to", async () => {
    const outside = join(folder, "..", `${basename(folder)}.bin`);
    writeFileSync(outside, Uint8Array.of(1, 2, 3, 4));
    symlinkSync(outside, join(folder, "link.bin"));
    try {
      await served(async (line) => {
        expect(await line("loadbin link.bin 0x8000")).toMatch(/not link.bin: a symbolic link is on the way/);
      });
    } finally {
      rmSync(outside);
    }
  });

  it("answers a name that the system refuses with an error of the line's, and serves on", async () => {
    writeFileSync(join(folder, "file.bin"), "");
    await served(async (line, gdb) => {
      expect(await line(`loadbin ${"n".repeat(300)}.bin 0x8000`)).toMatch(/A client has the folder .*name too long/);
      expect(await line("savebin file.bin/x 0x20001000 0x10")).toMatch(/A client has the folder .*not a directory/);
      expect(await gdb.ask("?")).toMatch(/^T05/);
    });
  });

  it("saves a new file in the server's folder, and none elsewhere or over another", async () => {
    await served(async (line) => {
      await line("savebin ram.bin 0x20001000 0x10");
      expect(readFileSync(join(folder, "ram.bin"))).toHaveLength(16);
      await line("savebin ../flashproof-elsewhere.bin 0x20001000 0x10");
      expect(existsSync(join(folder, "..", "flashproof-elsewhere.bin"))).toBe(false);
      symlinkSync(join(folder, "..", "flashproof-elsewhere.bin"), join(folder, "link.bin"));
      await line("savebin link.bin 0x20001000 0x10");
      expect(existsSync(join(folder, "..", "flashproof-elsewhere.bin"))).toBe(false);
      await line("savebin ram.bin 0x20001000 0x20");
      expect(readFileSync(join(folder, "ram.bin"))).toHaveLength(16);
    });
  });
});
