import { describe, expect, it } from "vitest";
import type { Image } from "../../../src/image/image.ts";
import { type Health, healthOf } from "../../../src/session/health.ts";
import { board, flashBoard, onTarget, probeOf } from "../../support/board.ts";
import { connect } from "../../../src/session/connect.ts";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";

/** Where the reset handler and the HardFault handler of the little programs lie. */
const CODE = 0x200;
const HANDLER = 0x300;
const SPIN = [0xe7fe];

/** A program of Thumb halfwords behind vectors of its own; an empty `handler` leaves the HardFault vector blank. */
function program(code: readonly number[], handler: readonly number[] = SPIN): Image {
  const bytes = new Uint8Array(0x410).fill(0xff);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x20001000, true);
  view.setUint32(4, CODE | 1, true);
  if (handler.length > 0) view.setUint32(12, HANDLER | 1, true);
  for (const [i, half] of code.entries()) view.setUint16(CODE + 2 * i, half, true);
  for (const [i, half] of handler.entries()) view.setUint16(HANDLER + 2 * i, half, true);
  bytes[0x40c] = 0xfe;
  return { format: "raw", segments: [{ name: "program", address: 0, bytes }], symbols: [] };
}

/** Flashes a program, lets it run for some virtual milliseconds, and looks without stopping it. */
async function fate(image: Image, ms: number): Promise<Health & { readonly looping: boolean }> {
  const twin = board();
  await flashBoard(twin, image, { keepRest: false });
  await onTarget(twin, async (session) => void (await session.reset("system", "run")));
  await twin.clock.sleep(ms * 1_000);
  const probe = await probeOf(twin);
  const session = await connect({ probe, clock: twin.clock, chip, hz: 4_000_000, how: "attach" });
  return { ...(await healthOf(session)), looping: session.found.looping };
}

/** WDOG off in time: LDR r0,=UNLOCK; the two keys; STCTRLH. */
const WATCHDOG_OFF = [
  0x4806, // ldr r0, [pc, #24]  -> 0x4005200E
  0x4907, // ldr r1, [pc, #28]  -> 0xC520
  0x4a07, // ldr r2, [pc, #28]  -> 0xD928
  0x8001 | (0 << 3), // strh r1, [r0]
  0x8002 | (0 << 3), // strh r2, [r0]
  0xbf00,
  0x4b06, // ldr r3, [pc, #24] -> 0x40052000
  0x4c06, // ldr r4, [pc, #24] -> 0x01D2
  0x801c, // strh r4, [r3]
];

describe("a firmware's fate, in words", () => {
  it("a program that spins is reset by the watchdog, over and over", async () => {
    expect(await fate(program(SPIN), 1_000)).toMatchObject({
      state: "running",
      resetCauses: ["software, by SYSRESETREQ"],
    });
    expect(await fate(program(SPIN), 1_500)).toMatchObject({ state: "running", resetCauses: ["watchdog"] });
  });

  it("a program that jumps to an address without code ends in HardFault with the reason", async () => {
    // ldr r0, [pc, #0]; bx r0; .word 0x60000001
    const health = await fate(program([0x4800, 0x4700, 0x0001, 0x6000]), 10);
    expect(health).toMatchObject({ state: "running", exception: "HardFault" });
    expect(health.faults).toContain("a fault whose own handler is off or busy");
    expect(health.faults).toContain("code fetched from where there is none");
  });

  it("a program that jumps to an even address ends in HardFault with the reason", async () => {
    const health = await fate(program([0x4800, 0x4700, 0x0200, 0x0000]), 10);
    expect(health.faults).toContain("a jump to an even address (no Thumb code)");
  });

  it("a program that runs off into blank flash reaches an undefined instruction", async () => {
    const health = await fate(program([0xbf00, 0xbf00]), 10);
    expect(health).toMatchObject({ exception: "HardFault" });
    expect(health.faults).toContain("an undefined instruction; blank flash run as code is one");
  });

  it("a fault without a handler locks the core up, which resets the chip over and over", async () => {
    const health = await fate(program([0xde00], []), 10);
    expect(health.looping || health.resetCauses.includes("core lockup")).toBe(true);
    expect(health.resetCauses).toContain("core lockup");
  });

  it("a program that sends the watchdog's second key too late is reset by it at once", async () => {
    // the keys with a long count between them
    const late = [
      0x4805, 0x4906, 0x4a06, 0x8001, 0x23ff, 0x3b01, 0xd1fd, 0x8002, 0xe7fe, 0xbf00, 0xbf00, 0xbf00, 0x200e, 0x4005,
      0xc520, 0x0000, 0xd928, 0x0000,
    ];
    const health = await fate(program(late), 10);
    expect(health.resetCauses).toContain("watchdog");
  });

  it("a program that switches the watchdog off in time is left alone", async () => {
    const literals = [0x200e, 0x4005, 0xc520, 0x0000, 0xd928, 0x0000, 0x2000, 0x4005, 0x01d2, 0x0000];
    const code = [...WATCHDOG_OFF, 0xe7fe, 0xbf00, 0xbf00, 0xbf00, 0xbf00, ...literals];
    const health = await fate(program(code), 3_000);
    expect(health).toMatchObject({ state: "running", resetCauses: ["software, by SYSRESETREQ"], faults: [] });
  });
});
