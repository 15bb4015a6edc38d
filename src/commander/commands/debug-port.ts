import type { Call, Handler } from "../run/handler.ts";
import { print } from "../console/context.ts";
import type { RawRegisters } from "../target/raw-port.ts";
import { warnOfApWrite } from "../target/risky-writes.ts";
import { unreadableArgument } from "../texts/v7-86e/banner.ts";
import * as texts from "../texts/v7-86e/debug-port.ts";
import { swdFound } from "../texts/v7-86e/target.ts";

/** `SWDSelect`: switches the wire to SWD, and says who answers. */
export const swdSelect: Handler = async (call) => {
  print(call, texts.swdSelected());
  print(call, swdFound(await call.connection.switchToSwd()));
  return "ok";
};

/** Registers on one side of the port: A[3:2]. */
const LAST_INDEX = 3;

type PortText = (port: texts.PortName, index: number, value: number) => readonly string[];

const reader =
  (port: RawRegisters, posted: boolean): Handler =>
  async (call) => {
    const index = indexOf(call);
    if (index === undefined) return "failed";
    const raw = await call.connection.rawPort();
    const value = await (posted ? raw.readPosted(port, index, call.io) : raw.read(port, index, call.io));
    print(call, (posted ? texts.swdRead : noRetries(texts.portRead))(nameOf(port), index, value));
    return "ok";
  };

const writer =
  (port: RawRegisters, text: PortText): Handler =>
  async (call) => {
    const index = indexOf(call);
    if (index === undefined) return "failed";
    const raw = await call.connection.rawPort();
    const value = call.args.number("Data");
    if (port === "ap") await warnOfApWrite(call, raw, { index, value }, call.io);
    await raw.write(port, index, value, call.io);
    if (port === "ap") call.connection.eraseUnderWay.noteApWrite(raw.apsel, raw.bank * 16 + index * 4, value);
    print(call, text(nameOf(port), index, value));
    return "ok";
  };

const nameOf = (port: RawRegisters): texts.PortName => (port === "dp" ? "DP" : "AP");

/** How often an access was repeated after WAIT the driver doesn't tell: 0, as in every log. */
const noRetries =
  (text: (port: texts.PortName, index: number, value: number, repetitions: number) => readonly string[]): PortText =>
  (port, index, value) =>
    text(port, index, value, 0);

function indexOf(call: Call): number | undefined {
  const index = call.args.number("RegIndex");
  if (index <= LAST_INDEX) return index;
  print(call, unreadableArgument("RegIndex", `${call.typed} <RegIndex>`));
  return undefined;
}

/** `SWDReadDP`: RDBUFF gives what the last AP read has fetched. */
export const swdReadDp = reader("dp", true);
/** `SWDReadAP`: answers what the AP read before it fetched, as the wire does. */
export const swdReadAp = reader("ap", true);
/** `SWDWriteDP`. */
export const swdWriteDp = writer("dp", texts.swdWritten);
/** `SWDWriteAP`. */
export const swdWriteAp = writer("ap", texts.swdWritten);

/** `ReadDP`. */
export const readDp = reader("dp", false);
/** `ReadAP`: with the second access that an AP read needs. */
export const readAp = reader("ap", false);
/** `WriteDP`. */
export const writeDp = writer("dp", noRetries(texts.portWritten));
/** `WriteAP`. */
export const writeAp = writer("ap", noRetries(texts.portWritten));
