import { describe, expect, it } from "vitest";
import { createTwin } from "../../../../src/twin/usb.ts";

const hex = (data: Uint8Array | undefined) => data && Array.from(data, (n) => n.toString(16).padStart(2, "0")).join("");
const bytes = (text: string) => Uint8Array.from(text.split(" "), (byte) => Number.parseInt(byte, 16));

describe("J-Link over TCP", () => {
  const open = () => {
    const twin = createTwin({ chip: "MK24FN1M0xxx12" });
    const stream = twin.jlinkStream();
    return { twin, stream, ask: async (text: string) => hex(await stream.send(bytes(text))) };
  };

  it("sends version 1 and its name first", () => {
    expect(hex(open().stream.hello)).toBe("000100074a2d4c696e6b00");
  });

  it("accepts commands behind 0x07 and offers memory for one segment", async () => {
    const { ask } = open();
    expect(await ask("07 d4")).toBe("0a080000");
    expect(await ask("07 c7 ff 07 f0")).toBe("03000000486b0100");
  });

  it("accepts commands in pieces", async () => {
    const { ask } = open();
    expect(await ask("07")).toBe("");
    expect(await ask("c7")).toBe("");
    expect(await ask("ff")).toBe("03000000");
  });

  it("lets time pass for the clocks and for nothing else", async () => {
    const { ask, twin } = open();
    await ask("07 c7 01 07 05 a0 0f");
    expect(twin.clock.now()).toBe(0);
    expect(await ask("07 cf 00 08 00 ff ff")).toBe("ff00");
    expect(twin.clock.now()).toBe(8 * 250_000);
  });

  it.each(["d4", "07 aa", "08 d4"])("closes the connection after %s", async (text) => {
    const { ask } = open();
    // Something must follow a byte that may still be a prefix.
    expect(await ask(`${text} 00`)).toBeUndefined();
  });
});
