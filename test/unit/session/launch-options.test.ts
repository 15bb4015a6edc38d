import { describe, expect, it } from "vitest";
import type { Chip } from "../../../src/chips/chip.ts";
import { MK24FN1M0xxx12 as k24 } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { buildImage } from "../../../src/image/build-image.ts";
import { connect } from "../../../src/session/connect.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { board, probeOf } from "../../support/board.ts";

/** The K24 with its last sector taken for option bytes, which a word in RAM launches. */
const [main] = k24.banks;
const [run] = main.sectors;
const chip: Chip = {
  ...k24,
  banks: [
    { ...main, length: 0xff000, sectors: [{ ...run, count: 0xff }] },
    { ...main, id: "options", kind: "option", start: 0xff000, length: 0x1000, sectors: [{ ...run, count: 1 }] },
  ],
  procedures: {
    "launch-options": {
      name: "launch",
      what: "Writes a word that stands for a launch.",
      steps: [
        { step: "write", name: "launch", at: { in: "memory", address: 0x2000fff0, width: 32 }, value: 0x4c41554e },
      ],
      cleanup: [],
      source: "this test",
    },
  },
};

/** Flashes bytes at an address, and answers what stands in the word of the launch afterwards. */
async function launchedBy(address: number) {
  const twin = board({ flash: "zero" });
  const probe = await probeOf(twin);
  const session = await connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "halt" });
  await session.core.memory.write(0x2000fff0, new Uint8Array(4), 32);
  const image = buildImage({ format: "raw", segments: [{ name: "a", address, bytes: new Uint8Array(16).fill(0x5a) }] });
  const job = { image, policy: "refuse", permits: [], keepRest: true, banks: ["options"] } as const;
  const before = session.core;
  const { verify } = await flashImage(session, job);
  expect(verify.verdict).toBe("equal");
  const bytes = await session.core.memory.read(0x2000fff0, 4, 32);
  return { word: new DataView(bytes.buffer).getUint32(0, true), anew: session.core !== before };
}

describe("a flash job that changes a bank of options", () => {
  it("launches them after it has compared them, and connects anew", async () => {
    expect(await launchedBy(0xff000)).toEqual({ word: 0x4c41554e, anew: true });
  });

  it("launches nothing where it changes firmware alone", async () => {
    expect(await launchedBy(0x8000)).toEqual({ word: 0, anew: false });
  });
});
