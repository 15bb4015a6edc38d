import { describe, expect, it } from "vitest";
import { CONNECT, SWJ_CLOCK } from "../../../../src/probe/cmsis-dap/commands.ts";
import { DapLink, type PacketShape } from "../../../../src/probe/cmsis-dap/dap-link.ts";
import { UsbError } from "../../../../src/usb/usb-error.ts";
import { FakeClock } from "../fake-clock.ts";
import { FakePipe } from "./fake-pipe.ts";

function linkTo(answers: readonly (readonly number[] | Error)[], shape: PacketShape = "exact", size?: number) {
  const pipe = new FakePipe(answers);
  const link = new DapLink(pipe, new FakeClock(), shape, "Probe 7");
  if (size) link.limits = { size, count: 2 };
  return { pipe, link };
}

const padded = (size: number, ...bytes: readonly number[]) => [
  ...bytes,
  ...new Array<number>(size - bytes.length).fill(0),
];
const wrong = (why: string) => ({
  code: "probe-protocol",
  message: expect.stringMatching(new RegExp(`^Probe 7's answer to DAP_Connect is wrong: .*${why}`)),
});

describe("an answer of a CMSIS-DAP probe", () => {
  it("is that of the command whose id it repeats", async () => {
    const { pipe, link } = linkTo([[2, 1]], "exact", 64);
    expect(await link.transact(CONNECT, {}, 1)).toBe(1);
    expect([pipe.written, pipe.asked]).toEqual([[Uint8Array.of(2, 1)], [64]]);
  });

  it.each([
    ["of another command", [3, 1], "it answers command 0x03"],
    ["with bytes behind its own", [2, 1, 0], "1 bytes too many"],
    ["cut short", [2], ""],
    ["of more bytes than a packet has", new Array<number>(65).fill(2), "65 bytes are no whole packet"],
    ["of two bytes that begin with 0xFF", [0xff, 0xff], "it answers command 0xFF"],
  ])("is refused %s, and the pipe is not used again", async (_, answer, why) => {
    const { pipe, link } = linkTo([answer], "exact", 64);
    const error: unknown = await link.transact(CONNECT, {}, 1).catch((caught: unknown) => caught);
    expect(error).toMatchObject(wrong(why));
    expect(pipe.poisoned).toBe(error);
  });

  it("is refused where more came than a packet holds", async () => {
    const { pipe, link } = linkTo([[2, 1]], "exact", 64);
    pipe.unread = 5;
    await expect(link.transact(CONNECT, {}, 1)).rejects.toMatchObject(wrong("5 bytes more than a packet holds"));
  });

  it("of one byte 0xFF is that of a command that the probe does not know, which leaves the pipe usable", async () => {
    const { pipe, link } = linkTo([[0xff]], "exact", 64);
    await expect(link.transact(CONNECT, {}, 1)).rejects.toMatchObject({
      code: "probe-unsupported",
      message: "Probe 7 does not know DAP_Connect",
      details: { command: "DAP_Connect" },
    });
    expect(pipe.poisoned).toBeUndefined();
  });

  it("with a status other than 0 is a refusal, which leaves the pipe usable", async () => {
    const { pipe, link } = linkTo([[0x11, 0xff]], "exact", 64);
    await expect(link.transact(SWJ_CLOCK, {}, 1000)).rejects.toMatchObject({
      code: "probe-unsupported",
      details: { command: "DAP_SWJ_Clock", status: 0xff },
    });
    expect(pipe.poisoned).toBeUndefined();
  });

  it("may have any length but none while the probe's packets are unknown", async () => {
    expect(await linkTo([[2, 1]]).link.transact(CONNECT, {}, 1)).toBe(1);
    await expect(linkTo([[]]).link.transact(CONNECT, {}, 1)).rejects.toMatchObject(
      wrong("0 bytes are no whole packet"),
    );
  });
});

describe("an answer in reports that are always whole", () => {
  it("is padded with zeros that mean nothing, and read as it comes", async () => {
    const { pipe, link } = linkTo([padded(32, 2, 1)], "padded", 32);
    expect(await link.transact(CONNECT, {}, 1)).toBe(1);
    expect(pipe.asked).toEqual([64]);
  });

  it.each([31, 33])("is refused with %i bytes where a packet has 32", async (length) => {
    const { link } = linkTo([padded(length, 2, 1)], "padded", 32);
    await expect(link.transact(CONNECT, {}, 1)).rejects.toMatchObject(wrong(`${length} bytes are no whole packet`));
  });

  it("is that of an unknown command by its first byte 0xFF", async () => {
    const { link } = linkTo([padded(32, 0xff)], "padded", 32);
    await expect(link.transact(CONNECT, {}, 1)).rejects.toMatchObject({ code: "probe-unsupported" });
  });
});

describe("commands to a CMSIS-DAP probe", () => {
  it("name the probe and the command where USB fails", async () => {
    const { link } = linkTo([new UsbError("usb-stall", "stalled")], "exact", 64);
    await expect(link.transact(CONNECT, {}, 1)).rejects.toMatchObject({
      code: "usb-stall",
      message: expect.stringContaining("Probe 7 failed during DAP_Connect"),
      details: expect.objectContaining({ probe: "Probe 7", phase: "DAP_Connect" }),
    });
  });

  it("are not sent where the caller's limits forbid it", async () => {
    const { pipe, link } = linkTo([], "exact", 64);
    await expect(link.transact(CONNECT, { signal: AbortSignal.abort() }, 1)).rejects.toMatchObject({
      code: "aborted",
      message: expect.stringContaining("DAP_Connect"),
    });
    expect(pipe.written).toEqual([]);
  });

  it("in a row leave no answer in the probe where one of them fails", async () => {
    const { pipe, link } = linkTo(
      [
        [2, 1],
        [0x11, 0xff],
        [2, 1],
      ],
      "exact",
      64,
    );
    const settled = await link.inARow<unknown>([
      () => link.request(CONNECT, {}, 1),
      () => link.request(SWJ_CLOCK, {}, 1),
      () => link.request(CONNECT, {}, 1),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect([pipe.written.length, pipe.asked.length]).toEqual([3, 3]);
  });

  it("in a row that is called off are fetched as far as they were sent", async () => {
    const { pipe, link } = linkTo(
      [
        [2, 1],
        [2, 1],
      ],
      "exact",
      64,
    );
    const row = link.inARow<unknown>([
      () => link.request(CONNECT, {}, 1),
      () => link.request(CONNECT, {}, 1),
      () => link.request(CONNECT, { signal: AbortSignal.abort() }, 1),
    ]);
    await expect(row).rejects.toMatchObject({ code: "aborted" });
    expect([pipe.written.length, pipe.asked.length]).toEqual([2, 2]);
  });

  it("close the pipe", async () => {
    const { pipe, link } = linkTo([]);
    await link.close();
    expect(pipe.isClosed).toBe(true);
  });
});
