import { describe, expect, it } from "vitest";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { verifyImage } from "../../../src/flash/verify.ts";
import type { DapPort, Probe } from "../../../src/probe/probe.ts";
import { connect } from "../../../src/session/connect.ts";
import { eraseFlash } from "../../../src/session/erase-job.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { readMemory } from "../../../src/session/read-memory.ts";
import type { Session } from "../../../src/session/session.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { board, example, flashBoard, onTarget, probeOf } from "../../support/board.ts";

const firmware = example("bootloader-open.raw.bin");
const state = await (async () => {
  const twin = board({ flash: "zero" });
  await flashBoard(twin, firmware);
  return twin.snapshot();
})();

const programmed = (): Twin => board({ flash: "zero", state });

/** Damages a byte at `address` in the nth reading that brings it, as a wrong answer in the right shape does. */
function damage(session: Session, address: number, nth = 1): { readonly readings: () => number } {
  const { memory } = session.core;
  const read = memory.read.bind(memory);
  let readings = 0;
  memory.read = async (start, count, width, io) => {
    const bytes = await read(start, count, width, io);
    if (address >= start && address < start + count && ++readings === nth) bytes[address - start] ^= 0x10;
    return bytes;
  };
  return { readings: () => readings };
}

describe("memory that leaves the program", () => {
  const FLASH = { start: 0x5000, length: 256 };

  it("is read twice and compared", () =>
    onTarget(programmed(), async (session) => {
      const watch = damage(session, 0x5010, 9);
      expect((await readMemory(session, FLASH)).readings).toBe(2);
      expect(watch.readings()).toBe(2);
    }));

  it.each([1, 2])("is an error with its address where reading %i was damaged", (nth) =>
    onTarget(programmed(), async (session) => {
      damage(session, 0x5010, nth);
      await expect(readMemory(session, FLASH)).rejects.toMatchObject({
        code: "unsteady-read",
        details: { address: "0x00005010" },
      });
    }),
  );

  it("is read once with once: true", () =>
    onTarget(programmed(), async (session) => {
      const watch = damage(session, 0x5010, 9);
      expect((await readMemory(session, FLASH, { once: true })).readings).toBe(1);
      expect(watch.readings()).toBe(1);
    }));

  it.each([
    ["RAM of a halted core", 0x20000000, true, 2],
    ["RAM of a running core", 0x20000000, false, 1],
    ["a register", 0x40048024, true, 1],
    ["flash under running firmware", 0x0, false, 2],
  ])("%s", (_, start, isHalted, readings) =>
    onTarget(programmed(), async (session) => {
      if (!isHalted) await session.reset("system", "run");
      const watch = damage(session, start, 9);
      expect((await readMemory(session, { start, length: 4 })).readings).toBe(readings);
      expect(watch.readings()).toBe(readings);
    }),
  );

  it("is read across the border of what stands still", () =>
    onTarget(programmed(), async (session) => {
      await session.core.memory.write(
        0x20000000 - 8,
        Uint8Array.from({ length: 16 }, (_, i) => i),
        32,
      );
      const { bytes } = await readMemory(session, { start: 0x20000000 - 6, length: 12 });
      expect([...bytes]).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    }));
});

describe("a verify", () => {
  it("is no verdict where a difference is gone when it is read again", () =>
    onTarget(programmed(), async (session) => {
      damage(session, 0x5010);
      await expect(verifyImage(session.core.memory, firmware, [])).rejects.toMatchObject({ code: "unsteady-read" });
    }));

  it("reports what differs both times", () =>
    onTarget(programmed(), async (session) => {
      const segments = firmware.segments.map((segment) => ({ ...segment, bytes: segment.bytes.slice() }));
      segments[0].bytes[0x5010] ^= 0xff;
      const { verdict, differences } = await verifyImage(session.core.memory, { ...firmware, segments }, []);
      expect(verdict).toBe("different");
      expect(differences).toMatchObject([{ address: 0x5010 }]);
    }));
});

describe("bytes that a job writes back", () => {
  const patch = { ...firmware, segments: [{ name: "patch", address: 0x5100, bytes: new Uint8Array(16) }] };
  const job = { image: patch, keepRest: true };

  it("are not taken from a damaged reading, and nothing is erased", async () => {
    const twin = programmed();
    const before = twin.peekFlash(0, 0x10000);
    const flash = onTarget(twin, (session) => {
      damage(session, 0x5010);
      return flashImage(session, { ...job, policy: "refuse", permits: [] });
    });
    await expect(flash).rejects.toMatchObject({ code: "unsteady-read" });
    expect(twin.peekFlash(0, 0x10000)).toEqual(before);
  });

  it.each([
    ["the rest of a range's sectors", { what: "range", start: 0x5100, length: 16 } as const, {}],
    ["what is kept", { what: "chip" } as const, { keep: [{ start: 0x5000, length: 64 }] }],
    ["what is saved", { what: "chip" } as const, { onLost: () => {} }],
  ])("%s", async (_, target, options) => {
    const twin = programmed();
    const before = twin.peekFlash(0, 0x10000);
    const erase = onTarget(twin, (session) => {
      damage(session, 0x5010);
      return eraseFlash(session, target, options);
    });
    await expect(erase).rejects.toMatchObject({ code: "unsteady-read" });
    expect(twin.peekFlash(0, 0x10000)).toEqual(before);
  });
});

describe("bytes that stay beside an image", () => {
  const patch = { ...firmware, segments: [{ name: "patch", address: 0x5100, bytes: new Uint8Array(16) }] };

  it("are compared after they were written back", async () => {
    const flash = onTarget(programmed(), (session) => {
      // The section program buffer. The loader in RAM finds what is spoiled on its way before it programs it.
      spoilWrite(session, 0x14000000);
      const job = { image: patch, policy: "refuse", permits: [], keepRest: true, loader: "direct" } as const;
      return flashImage(session, job);
    });
    await expect(flash).rejects.toMatchObject({ code: "verify-differs", details: { address: "0x00005000" } });
  });

  /** Flips a bit of the first byte that is written at `address`. */
  function spoilWrite({ core: { memory } }: Session, address: number): void {
    const write = memory.write.bind(memory);
    let spoils = 1;
    memory.write = (start, bytes, width, io) => {
      const sent = bytes.slice();
      if (start === address && spoils-- > 0) sent[0] ^= 0x01;
      return write(start, sent, width, io);
    };
  }
});

describe("a lock that is not there when it is looked at again", () => {
  /** Flash ready, secured, out of reset, mass erase enabled (K24 reference manual, MDM-AP status). */
  const LOCKED = 0x2e;
  /** How often one look at the lock reads its status. */
  const LOOKS = 15;
  /** One that connects reads what may hold the core, too, and CSW and BASE of the memory's port. */
  const isLook = ({ length }: Uint32Array) => length === LOOKS || length === LOOKS + 3;

  /** Every word of the first two looks at the lock says "locked": the second is the one that is believed. */
  function lying(probe: Probe): Probe {
    let lies = 2;
    const wrap = (port: DapPort): DapPort => ({
      transfersPerRoundTrip: port.transfersPerRoundTrip,
      sequence: port.sequence.bind(port),
      swdSequence: port.swdSequence.bind(port),
      transfer: async (ops, io) => {
        const words = await port.transfer(ops, io);
        return isLook(words) && lies-- > 0 ? words.fill(LOCKED, 0, LOOKS) : words;
      },
    });
    const open = probe.connect.bind(probe);
    probe.connect = async (wire, hz, io) => wrap(await open(wire, hz, io));
    return probe;
  }

  it("is not opened by a mass erase, though the user allowed one", async () => {
    const twin = programmed();
    const before = twin.peekFlash(0, 0x10000);
    let asked = 0;
    const onLocked = async () => {
      asked++;
      return "unlock" as const;
    };
    const probe = lying(await probeOf(twin));
    const session = await connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt", onLocked });
    expect(asked).toBe(1);
    expect(session.found.lock?.locked).toBe(false);
    expect(twin.peekFlash(0, 0x10000)).toEqual(before);
  });
});
