// What a board needs of a J-Link: one on USB, one behind a TCP connection.

export { openJlinkStream } from "./jlink-stream.ts";
export { jlinkOnUsb } from "./jlink-usb.ts";
