import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildImage } from "../../../src/image/build-image.ts";
import { serveGdbClients } from "../../../src/node/servers/gdb-server.ts";
import { board, flashBoard, onTarget } from "../../support/board.ts";
import { MemoryJournal } from "../../support/patch-journal.ts";
import { describeWith } from "../judges.ts";
import { runGdb } from "./debug-session.ts";

const PLACE = 0x5000;
const COUNT = 20;

/** `adds r0, #1` twenty times, and back to the first. */
const CODE = Uint8Array.from([...Array.from({ length: COUNT }, () => [0x01, 0x30]).flat(), 0xea, 0xe7]);

describeWith("gdb-multiarch")("GDB with breakpoints in flash", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-flash-breakpoints-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("stops at twenty with six comparators, round after round, reads the firmware's bytes, and leaves them", async () => {
    const twin = board({ flash: "zero" });
    await flashBoard(twin, buildImage({ format: "raw", segments: [{ name: "code", address: PLACE, bytes: CODE }] }));
    const lines: string[] = [];
    const output = await onTarget(twin, async (session) => {
      session.patched.journal = new MemoryJournal();
      const rest = async (us: number) => {
        await session.clock.sleep(us);
        await new Promise((resolve) => setImmediate(resolve));
      };
      const host = {
        print: (line: string) => void lines.push(line),
        explain: (error: unknown) => [String(error)],
        rest,
      };
      const options = { policy: "refuse", permits: [], onClose: "halt", flashBreakpoints: "on" } as const;
      const server = await serveGdbClients(session, host, { ...options, port: 0, onClient: () => {} });
      try {
        return await runGdb(folder, [
          ...["set pagination off", "set confirm off", "set architecture armv7e-m"],
          `target remote 127.0.0.1:${server.port}`,
          ...[`set $pc = ${PLACE}`, "set $r0 = 0"],
          ...Array.from({ length: COUNT }, (_, n) => `break *${PLACE + 2 * n}`),
          ...Array.from({ length: COUNT + 5 }, () => "continue"),
          ...['printf "r0 is %d\\n", $r0', `x/21hx ${PLACE}`, "detach"],
        ]);
      } finally {
        await server.close();
      }
    });
    const stops = [...output.matchAll(/^Breakpoint (\d+), 0x0*50([0-9a-f]{2})/gm)].map(([, , at]) =>
      Number.parseInt(at, 16),
    );
    expect(stops).toEqual(Array.from({ length: COUNT + 5 }, (_, i) => 2 * (i % COUNT)));
    expect(output).toContain(`r0 is ${COUNT + 4}`);
    expect(output.match(/0x3001/g)).toHaveLength(COUNT);
    expect(twin.peekFlash(PLACE, CODE.length)).toEqual(CODE);
    expect(lines.join("\n")).toContain("the sector at 0x00005000 (4 KB) gets its own bytes back");
  });
});
