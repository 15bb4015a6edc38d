import { FlashproofError } from "../../base/errors.ts";
import { eraseFlash, type EraseTarget } from "../../session/erase-job.ts";
import { print } from "../console/context.ts";
import { eraseTimes, total } from "../words/download-report.ts";
import { isCalledOff, isProbeLost } from "../run/failure.ts";
import { type Call, type Handler, targetOf } from "../run/handler.ts";
import * as texts from "../texts/v7-86e/flash.ts";
import { prepareTarget } from "./load.ts";

/** What the DLL answers for an erase that it couldn't do (public tools and their tests; unsure). */
const ERASE_ERROR = -5;

/**
 * `erase`: the whole chip, or every sector that a range touches. The end address lies outside of the range (unsure);
 * an end such as 0x0FFF means the same, because sectors are erased whole.
 */
export const erase: Handler = async (call) => {
  const area = areaOf(call);
  if (area.what === "chip") print(call, texts.eraseChipChosen());
  if (!(await prepareTarget(call))) return "failed";
  print(call, area.what === "chip" ? texts.erasingDevice() : texts.erasingRange());
  try {
    const { phases } = await eraseFlash(targetOf(call), area, { reset: false }, call.io);
    print(call, texts.eraseReport(total(phases), eraseTimes(phases)));
    delete call.connection.history.lastLoad;
    return "ok";
  } catch (error) {
    if (isCalledOff(error) || isProbeLost(error) || !(error instanceof FlashproofError)) throw error;
    print(call, texts.eraseFailed(ERASE_ERROR));
    call.notes.error(error);
    return "failed";
  }
};

function areaOf({ args }: Call): EraseTarget {
  if (!args.has("SAddr")) return { what: "chip" };
  const start = args.number("SAddr");
  return { what: "sectors", start, length: Math.max(1, args.number("EAddr") - start) };
}
