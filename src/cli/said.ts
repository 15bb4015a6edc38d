import { causeChain, FlashproofError, type Json } from "../base/errors.ts";
import { report } from "../doctor/report.ts";
import { lastPackets } from "../node/recorded-usb.ts";
import type { Said } from "./output.ts";

/** An error as `--json` prints it. */
export function saidOf(error: unknown): Said {
  const { code, what, hints } = report(error);
  const details = error instanceof FlashproofError ? error.details : {};
  return { code, message: what, hints, ...(Object.keys(details).length > 0 ? { details } : {}) };
}

/** An answer that is no: `verify` found a difference, `plan` was refused. The same code as an error would have. */
export const saidNo = (error: FlashproofError): { readonly error: Said } => ({ error: saidOf(error) });

/** An error in lines for people; with `verbose` each error beneath it, with its class, code and details. */
export function errorLines(error: unknown, verbose: boolean): readonly string[] {
  const { what, because, hints } = report(error);
  return [
    `error: ${what}`,
    ...because.map((line) => `because: ${line}`),
    ...hints.map((line) => `hint: ${line}`),
    ...(verbose ? [...causeChain(error).flatMap(beneath), ...lastPackets().map((packet) => `packet: ${packet}`)] : []),
  ];
}

function beneath(error: Error): readonly string[] {
  if (!(error instanceof FlashproofError))
    return (error.stack ?? String(error)).split("\n").map((line) => `cause: ${line}`);
  return [`cause: ${error.name} ${error.code}: ${error.message}${detailsText(error.details)}`];
}

const detailsText = (details: { readonly [key: string]: Json }): string =>
  Object.keys(details).length === 0 ? "" : ` ${JSON.stringify(details)}`;
