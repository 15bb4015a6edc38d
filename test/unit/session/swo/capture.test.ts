import { describe, expect, it } from "vitest";
import { codeOf } from "../../../../src/base/errors.ts";
import type { Session } from "../../../../src/session/session.ts";
import { SwoCapture, type SwoWanted } from "../../../../src/session/swo/capture.ts";
import { SwoDecoder } from "../../../../src/swo/decoder.ts";
import type { SwoPacket } from "../../../../src/swo/packet.ts";
import { board, onTarget } from "../../../support/board.ts";
import { ALPHABET, PROGRAM, runProgram } from "../../../support/itm-programs.ts";
import { SOAKED_PROBES } from "../../../support/probes.ts";

const WANTED: SwoWanted = { ports: 1, mostHz: 2_000_000 };

/** What comes in so many milliseconds of the board's time. */
async function listen(session: Session, wanted: SwoWanted, ms: number): Promise<readonly SwoPacket[]> {
  const capture = await SwoCapture.start(session, wanted);
  const decoder = new SwoDecoder();
  const packets: SwoPacket[] = [];
  for (let i = 0; i < ms; i++) {
    await session.clock.sleep(1000);
    const piece = await capture.read();
    expect(piece.lost).toBe(false);
    packets.push(...decoder.feed(piece.bytes));
  }
  await capture.stop();
  return packets;
}

const textOf = (packets: readonly SwoPacket[]): string =>
  packets
    .flatMap((packet) => (packet.kind === "itm" ? [...packet.bytes] : []))
    .map((byte) => String.fromCharCode(byte))
    .join("");

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".repeat(2000);

describe("SWO", () => {
  it.each(SOAKED_PROBES)("brings every letter that the firmware sends by port 0, through %s", async (probe) => {
    await onTarget(board({ flash: "zero", probe }), async (session) => {
      await runProgram(session, ALPHABET);
      const text = textOf(await listen(session, { ...WANTED, mostHz: 200_000 }, 10));
      expect(text.length).toBeGreaterThan(100);
      expect(LETTERS).toContain(text);
    });
  });

  it("measures the core's clock, and chooses a speed of it that the probe makes within 3 percent", async () => {
    await onTarget(board({ flash: "zero" }), async (session) => {
      await runProgram(session, ALPHABET);
      const { speed, traceHz } = await SwoCapture.start(session, { ...WANTED, mostHz: 300_000 });
      // After a reset the K24 runs on its FLL, at 32768 Hz x 640.
      expect(Math.abs(traceHz / 20_971_520 - 1)).toBeLessThan(0.001);
      expect(speed.hz).toBeLessThanOrEqual(300_000);
      expect(Math.abs(speed.probeHz / speed.hz - 1)).toBeLessThan(0.03);
    });
  });

  it("samples PC inside of the program, about as often as half of the wire holds", async () => {
    await onTarget(board({ flash: "zero" }), async (session) => {
      await runProgram(session, ALPHABET);
      const packets = await listen(session, { ...WANTED, ports: 0, samples: true }, 20);
      const samples = packets.flatMap((packet) => (packet.kind === "pc" ? [packet.pc ?? 0] : []));
      expect([...new Set(packets.map(({ kind }) => kind))].filter((kind) => kind !== "sync")).toEqual(["pc"]);
      expect(samples.length).toBeGreaterThan(200);
      expect(samples.every((pc) => pc >= PROGRAM && pc < PROGRAM + 0x34)).toBe(true);
    });
  });

  it("sends local timestamps whose mean is the time of one round of the program", async () => {
    await onTarget(board({ flash: "zero" }), async (session) => {
      await runProgram(session, ALPHABET);
      const packets = await listen(
        session,
        { ...WANTED, mostHz: 8_000_000, timestamps: true, clockHz: 20_971_520 },
        10,
      );
      const times = packets.flatMap((packet) => (packet.kind === "local-time" ? [packet.ticks] : [])).slice(1);
      const between = times.reduce((sum, ticks) => sum + ticks, 0) / times.length;
      // 200 rounds of 2 or 4 cycles, and what is around them.
      expect(between).toBeGreaterThan(400);
      expect(between).toBeLessThan(1200);
    });
  });

  it("continues after a reset of the chip, whose pin is set up anew", async () => {
    await onTarget(board({ flash: "zero" }), async (session) => {
      await runProgram(session, ALPHABET);
      const capture = await SwoCapture.start(session, WANTED);
      await session.reset("system", "halt");
      await capture.read();
      await runProgram(session, ALPHABET);
      await session.clock.sleep(5000);
      const text = textOf(new SwoDecoder().feed((await capture.read()).bytes));
      expect(text.length).toBeGreaterThan(20);
      expect(LETTERS).toContain(text);
      await capture.stop();
    });
  });

  it("is refused on a halted core whose clock is not given, and on a core without an ITM", async () => {
    await onTarget(board({ flash: "zero" }), async (session) => {
      const refused = await SwoCapture.start(session, WANTED).catch((error: unknown) => error);
      expect(codeOf(refused)).toBe("swo-unsupported");
    });
    await onTarget(board({ chip: "RP2040", flash: "zero" }), async (session) => {
      const refused = await SwoCapture.start(session, WANTED).catch((error: unknown) => error);
      expect(String(refused)).toContain("This core has no ITM");
    });
  });

  it("reports bytes that the probe had no room for", async () => {
    await onTarget(board({ flash: "zero", probe: "cmsis-dap" }), async (session) => {
      await runProgram(session, ALPHABET);
      const capture = await SwoCapture.start(session, WANTED);
      await session.clock.sleep(500_000);
      expect((await capture.read()).lost).toBe(true);
    });
  });
});
