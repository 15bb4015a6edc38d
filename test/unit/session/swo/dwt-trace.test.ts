import { describe, expect, it } from "vitest";
import type { Session } from "../../../../src/session/session.ts";
import { SwoCapture, type SwoWanted } from "../../../../src/session/swo/capture.ts";
import { SwoDecoder } from "../../../../src/swo/decoder.ts";
import type { SwoPacket } from "../../../../src/swo/packet.ts";
import { TpiuFrames } from "../../../../src/swo/tpiu.ts";
import { board, onTarget } from "../../../support/board.ts";
import { COUNTING } from "../../../support/gdb-client.ts";
import { ALPHABET, runProgram } from "../../../support/itm-programs.ts";

const WANTED: SwoWanted = { ports: 0, mostHz: 8_000_000, clockHz: 20_971_520 };

/** DWT registers of the first comparator, and what the manual's table C1-14 calls its functions. */
const DWT_COMP0 = 0xe0001020;
const FUNCTIONS = { valueOfWrites: 0xd, pcAndValue: 0x3, addressAndValue: 0x23, pc: 0x1 } as const;

const write = ({ core }: Session, address: number, value: number) =>
  core.memory.run([{ op: "write", address, width: 32, value }]);

async function traced(session: Session, act: () => Promise<void>, wanted = WANTED): Promise<readonly SwoPacket[]> {
  const capture = await SwoCapture.start(session, wanted);
  await act();
  const { bytes } = await capture.read();
  await capture.stop();
  return new SwoDecoder().feed(bytes);
}

/** What comparator 0 sends of the counter's stores. */
function countsTraced(fn: number): Promise<readonly SwoPacket[]> {
  return onTarget(board({ flash: "zero" }), async (session) => {
    await runProgram(session, COUNTING.code);
    return traced(session, async () => {
      await write(session, DWT_COMP0, COUNTING.counter);
      await write(session, DWT_COMP0 + 4, 0);
      await write(session, DWT_COMP0 + 8, fn);
      await session.clock.sleep(200);
    });
  });
}

describe("the DWT's data trace", () => {
  it("sends each value that is written, in words that count on", async () => {
    const packets = await countsTraced(FUNCTIONS.valueOfWrites);
    const values = packets.flatMap((packet) => (packet.kind === "data-value" ? [packet] : []));
    expect(values.length).toBeGreaterThan(5);
    expect(values.every(({ access, comparator }) => access === "write" && comparator === 0)).toBe(true);
    const words = values.map(({ bytes }) => Buffer.from(bytes).readUInt32LE());
    const isGap = packets.some(({ kind }) => kind === "overflow");
    expect(words.every((word, i) => i === 0 || (isGap ? word > words[i - 1] : word === words[i - 1] + 1))).toBe(true);
  });

  it("sends the instruction before the value with PC and value", async () => {
    const packets = await countsTraced(FUNCTIONS.pcAndValue);
    const pcs = packets.flatMap((packet) => (packet.kind === "data-pc" ? [packet.pc] : []));
    expect(new Set(pcs)).toEqual(new Set([COUNTING.loop.start + 2]));
  });

  it("sends the low half of the address with address and value", async () => {
    const packets = await countsTraced(FUNCTIONS.addressAndValue);
    const offsets = packets.flatMap((packet) => (packet.kind === "data-address" ? [packet.offset] : []));
    expect(new Set(offsets)).toEqual(new Set([COUNTING.counter & 0xffff]));
  });
});

describe("exception trace", () => {
  it("sends the entry, the exit and the return of an exception", async () => {
    const packets = await onTarget(board({ flash: "zero" }), async (session) => {
      await session.core.memory.write(0x20000100, Uint8Array.of(0x70, 0x47), 8);
      await write(session, 0x20000200 + 14 * 4, 0x20000101);
      await write(session, 0xe000ed08, 0x20000200);
      await runProgram(session, COUNTING.code);
      return traced(
        session,
        async () => {
          await session.clock.sleep(100);
          await write(session, 0xe000ed04, 1 << 28);
          await session.clock.sleep(100);
        },
        { ...WANTED, exceptions: true },
      );
    });
    expect(packets.filter(({ kind }) => kind !== "sync")).toEqual([
      { kind: "exception", number: 14, action: "enter" },
      { kind: "exception", number: 14, action: "exit" },
      { kind: "exception", number: 0, action: "return" },
    ]);
  });
});

describe("the ITM and the TPIU", () => {
  it("send an overflow where more is traced than the pin can carry", async () => {
    const packets = await onTarget(board({ flash: "zero" }), async (session) => {
      await runProgram(session, COUNTING.code);
      return traced(
        session,
        async () => {
          await write(session, DWT_COMP0, COUNTING.counter);
          await write(session, DWT_COMP0 + 8, FUNCTIONS.valueOfWrites);
          await session.clock.sleep(2000);
        },
        { ...WANTED, mostHz: 100_000 },
      );
    });
    expect(packets.some(({ kind }) => kind === "overflow")).toBe(true);
    expect(packets.some(({ kind }) => kind === "unknown")).toBe(false);
  });

  it("put the stream into frames while the formatter is on, as the first source", async () => {
    await onTarget(board({ flash: "zero" }), async (session) => {
      await runProgram(session, ALPHABET);
      const capture = await SwoCapture.start(session, { ...WANTED, ports: 1, mostHz: 1_000_000 });
      await session.clock.sleep(500);
      await capture.read();
      await write(session, 0xe0040304, 0x102);
      await session.clock.sleep(20_000);
      const frames = new TpiuFrames();
      const sources = frames.feed((await capture.read()).bytes);
      expect(new Set(sources.map(({ id }) => id))).toEqual(new Set([1]));
      const packets = sources.flatMap(({ bytes }) => new SwoDecoder().feed(bytes));
      expect(packets.filter(({ kind }) => kind === "itm").length).toBeGreaterThan(50);
    });
  });

  it("keep the TPIU's registers in a state file, and leave out those that were never touched", async () => {
    const twin = board({ flash: "zero" });
    const sizes: number[] = [];
    await onTarget(twin, async (session) => {
      sizes.push(twin.snapshot().parts.get("core")?.length ?? 0);
      await write(session, 0xe0040010, 41);
      sizes.push(twin.snapshot().parts.get("core")?.length ?? 0);
    });
    expect(sizes[1] - sizes[0]).toBe(16);
    await onTarget(board({ flash: "zero", state: twin.snapshot() }), async ({ core }) => {
      const [acpr] = await core.memory.run([{ op: "read", address: 0xe0040010, width: 32 }]);
      expect(acpr).toBe(41);
    });
  });
});
