import { signal } from "@preact/signals";
import { failure } from "../state.ts";
import { bounded, SerialTimeout } from "./bounded.ts";

/** What became of the port. */
export const serialState = signal<"closed" | "opening" | "open">("closed");
/** What came by it. */
export const serialText = signal("");

/** What one call of the port may take, in milliseconds: opening, sending a line, closing. Reading waits for the target. */
const CALL_MS = 5_000;

/** Characters that are kept. */
const MOST_TEXT = 0x1_0000;

let port: GrantedSerialPort | undefined;
let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

/** Has a person choose a port, and shows what comes by it; no port chosen changes nothing. */
export async function openSerial(baudRate: number): Promise<void> {
  if (serialState.value !== "closed") return;
  failure.value = undefined;
  const chosen = await choose();
  if (!chosen) return;
  serialState.value = "opening";
  const opening = chosen.open({ baudRate });
  try {
    await bounded(opening, CALL_MS, "Opening the port");
  } catch (error) {
    // One that opens after all is nobody's.
    opening.then(() => chosen.close()).catch(() => {});
    serialState.value = "closed";
    fail("serial-refused", error, "Close other programs that have the port: a terminal, an IDE.");
    return;
  }
  port = chosen;
  serialText.value = "";
  serialState.value = "open";
  void readAll(chosen);
}

async function choose(): Promise<GrantedSerialPort | undefined> {
  try {
    return await navigator.serial?.requestPort();
  } catch (error) {
    // That none was chosen is an error to browsers, and a person's choice.
    if (!(error instanceof DOMException && error.name === "NotFoundError"))
      fail("serial-refused", error, "Allow serial ports for this page in the browser's settings of the site.");
    return undefined;
  }
}

/** Reads until the port is closed or lost; a damaged byte (framing, parity, overrun) begins a new stream. */
async function readAll(from: GrantedSerialPort): Promise<void> {
  const decoder = new TextDecoder();
  while (port === from && from.readable) {
    reader = from.readable.getReader();
    try {
      for (let got = await reader.read(); !got.done; got = await reader.read())
        serialText.value = (serialText.value + decoder.decode(got.value, { stream: true })).slice(-MOST_TEXT);
    } catch {
      // Either there is a new stream, or none any more.
    } finally {
      reader.releaseLock();
      reader = undefined;
    }
    if (port !== from) return;
  }
  if (port !== from) return;
  port = undefined;
  serialState.value = "closed";
  failure.value = {
    code: "serial-lost",
    message: "The serial port has gone: it was unplugged.",
    hints: ["Plug it in again, and open it again."],
  };
  await bounded(from.close(), CALL_MS, "Closing the port").catch(() => {});
}

/** Sends text; a port that takes it too slowly is reported. */
export async function sendSerial(text: string): Promise<void> {
  const writer = port?.writable?.getWriter();
  if (!writer) return;
  try {
    await bounded(writer.write(new TextEncoder().encode(text)), CALL_MS, "Sending the line");
  } catch (error) {
    fail("serial-refused", error, "Close the port and open it again; flow control of the target may hold it.");
  } finally {
    writer.releaseLock();
  }
}

/** Closes the port. */
export async function closeSerial(): Promise<void> {
  const closing = port;
  if (!closing) return;
  port = undefined;
  try {
    await bounded(reader?.cancel() ?? Promise.resolve(), CALL_MS, "Ending the reading");
    await bounded(closing.close(), CALL_MS, "Closing the port");
  } catch (error) {
    fail("serial-refused", error, "Unplug the probe and plug it in again.");
  } finally {
    serialState.value = "closed";
  }
}

function fail(code: string, error: unknown, hint: string): void {
  const message = error instanceof Error ? error.message : String(error);
  failure.value = { code: error instanceof SerialTimeout ? "timeout" : code, message, hints: [hint] };
}
