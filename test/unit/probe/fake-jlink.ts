import { type Firmware, FakeUsb } from "../usb/fake-usb.ts";
import { VENDOR_CONFIGURATION } from "../usb/fake-usb.ts";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));

/** The version answer of a real probe: 112 bytes of text, a NUL after the line, a copyright notice behind it. */
function versionAnswer(text: string): Uint8Array {
  const answer = new Uint8Array(114);
  answer.set([112, 0]);
  answer.set(new TextEncoder().encode(`${text}\0\r\nCopyright 2003-2012`), 2);
  return answer;
}

function configuration(licenses: string): Uint8Array {
  const config = new Uint8Array(256).fill(0xff);
  config.set(new TextEncoder().encode(`${licenses}\0`), 0x80);
  return config;
}

/** What a probe answers, by command byte; a missing one answers nothing. */
export type Answers = { readonly [id: number]: Uint8Array | ((request: Uint8Array) => Uint8Array) };

/** Capabilities as the libjaylink traces have them: 1, 3, 4, 5, 9, 11, 12, 13, 17, 19, 23, 26, 27, 31; 33 and 38. */
export const ANSWERS: Answers = {
  0x01: versionAnswer("J-Link V9 compiled May  7 2021 16:26:12"),
  0x07: bytes("f20c 00 00 00 00 01 01"),
  0x09: bytes(`0100 0100 1000 0000 00000000 00000000 00 00 0100 00000000 ${"00".repeat(52)}`),
  0xc0: bytes("0024f400 0400"),
  0xc7: (request) => bytes(request[1] === 0xff ? "03000000" : "00000000"),
  0xcf: (request) => new Uint8Array(Math.ceil((request[2] + request[3] * 256) / 8) + 1),
  0xd4: bytes("00a00000"),
  0xe8: bytes("3a3a8a8c"),
  0xed: bytes(`3a3a8a8c42${"00".repeat(27)}`),
  0xf0: bytes("486b0100"),
  0xf2: configuration("GDB"),
};

/** A J-Link's USB side: answers from a table, cut into whole transfers. */
export function fakeJLink(changes: Answers = {}): FakeUsb {
  const answers = { ...ANSWERS, ...changes };
  const firmware: Firmware = (request) => {
    const answer = answers[request[0]];
    if (answer === undefined) return [];
    return [typeof answer === "function" ? answer(request) : answer];
  };
  const device = new FakeUsb(firmware);
  device.configuration = VENDOR_CONFIGURATION;
  return device;
}
