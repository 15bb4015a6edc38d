import { describe, expect, it } from "vitest";
import { DapLink } from "../../../../src/probe/cmsis-dap/dap-link.ts";
import { DapSwo } from "../../../../src/probe/cmsis-dap/swo.ts";
import { FakeClock } from "../fake-clock.ts";
import { FakePipe } from "./fake-pipe.ts";

/** A receiver in packets of 64 bytes, 60 of which are SWO. */
function receiver(...answers: readonly (readonly number[])[]) {
  const pipe = new FakePipe(answers);
  const link = new DapLink(pipe, new FakeClock(), "exact", "Probe");
  link.limits = { size: 64, count: 1 };
  return { swo: new DapSwo(link), sent: () => pipe.written.map((bytes) => [...bytes]) };
}

const SET_UP = [
  [0x1a, 0],
  [0x17, 0],
  [0x18, 0],
] as const;
const data = (status: number, ...bytes: readonly number[]) => [0x1c, status, bytes.length, 0, ...bytes];
const full = (byte: number) => data(0x01, ...new Array<number>(60).fill(byte));

/** CMSIS-DAP, "SWO Commands". */
describe("SWO of a CMSIS-DAP probe", () => {
  it("is set up for DAP_SWO_Data and UART before its speed, which the probe names", async () => {
    const { swo, sent } = receiver(...SET_UP, [0x19, 0x40, 0x42, 0x0f, 0]);
    expect(await swo.speedFor(1_000_000.4)).toBe(1_000_000);
    expect(sent()).toEqual([
      [0x1a, 0],
      [0x17, 1],
      [0x18, 1],
      [0x19, 0x40, 0x42, 0x0f, 0],
    ]);
  });

  it("begins at a speed that the probe takes, and is refused at one that it does not", async () => {
    const { swo, sent } = receiver(...SET_UP, [0x19, 1, 0, 0, 0], [0x1a, 0]);
    await swo.start(1000);
    expect(sent().at(-1)).toEqual([0x1a, 1]);
    const refused = receiver(...SET_UP, [0x19, 0, 0, 0, 0]);
    await expect(refused.swo.start(1000)).rejects.toMatchObject({
      code: "probe-unsupported",
      message: "The probe refused SWO at 1000 Hz",
      details: { hz: 1000 },
    });
    expect(refused.sent()).toHaveLength(4);
  });

  it("is read in packets as long as each is full", async () => {
    const { swo, sent } = receiver(full(1), full(2), data(0x01, 3));
    const { bytes, lost } = await swo.read();
    expect([bytes.length, bytes[59], bytes[60], bytes.at(-1), lost]).toEqual([121, 1, 2, 3, false]);
    expect(sent()).toEqual([1, 2, 3].map(() => [0x1c, 60, 0]));
  });

  it("is read in 16 packets at once at most", async () => {
    const { swo } = receiver(...Array.from({ length: 17 }, (_, i) => full(i)));
    expect((await swo.read()).bytes.length).toBe(16 * 60);
  });

  it("has lost bytes where one of its packets has that bit", async () => {
    expect((await receiver(data(0x80)).swo.read()).lost).toBe(true);
    expect((await receiver([0x1c, 0x81, 60, 0, ...new Array<number>(60).fill(0)], data(0x01)).swo.read()).lost).toBe(
      true,
    );
    expect((await receiver(data(0x41)).swo.read()).lost).toBe(false);
  });

  it("is refused where more bytes come than were asked for", async () => {
    await expect(receiver([0x1c, 0, 61, 0, ...new Array<number>(60).fill(0)]).swo.read()).rejects.toMatchObject({
      code: "probe-protocol",
      message: expect.stringContaining("61 bytes of SWO, and 60 were asked for"),
    });
  });

  it("ends with the receiver off", async () => {
    const { swo, sent } = receiver([0x1a, 0], [0x18, 0]);
    await swo.stop();
    expect(sent()).toEqual([
      [0x1a, 0],
      [0x18, 0],
    ]);
  });
});
