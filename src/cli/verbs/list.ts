import type { Json } from "../../base/errors.ts";
import { codeOf } from "../../base/errors.ts";
import { listUsb, openProbe } from "../../node/probes.ts";
import type { ProbeInfo } from "../../probe/probe.ts";
import { EXIT } from "../exit-codes.ts";
import type { Answer } from "../output.ts";
import { type Invocation, listOption } from "../verb.ts";

/** `list`: the probes on USB, and those that --probe names. */
export async function list(invocation: Invocation): Promise<Answer> {
  const named = await Promise.all(listOption(invocation, "probe").map(askProbe));
  const { devices, why } = await listUsb();
  const result = [...named.map((n) => n.json), ...devices.map((name) => ({ name, inaccessible: false }))];
  const lines = [...named.map((n) => n.line), ...devices];
  if (why !== undefined) invocation.terminal.err(`note: ${why}\n`);
  const text = lines.length === 0 ? ["no probe was found"] : lines;
  return { result: { probes: result }, text, exit: lines.length === 0 ? EXIT.noProbe : EXIT.ok };
}

async function askProbe(
  selector: string,
): Promise<{ readonly line: string; readonly json: { readonly [key: string]: Json } }> {
  try {
    const open = await openProbe(selector);
    const { info } = open.probe;
    await open.close();
    return { line: `${nameOf(info)}  (${selector})`, json: { selector, ...jsonOf(info), inaccessible: false } };
  } catch (error) {
    if (codeOf(error) !== "usb-access") throw error;
    return { line: `${selector}  (inaccessible)`, json: { selector, inaccessible: true } };
  }
}

const nameOf = (info: ProbeInfo): string =>
  [info.product, info.serial, info.firmware, info.hardware]
    .filter((part) => part !== undefined && part !== "")
    .join("  ");

const jsonOf = (info: ProbeInfo): { readonly [key: string]: Json } => ({
  driver: info.driver,
  product: info.product,
  serial: info.serial,
  firmware: info.firmware,
  ...(info.hardware === undefined ? {} : { hardware: info.hardware }),
});
