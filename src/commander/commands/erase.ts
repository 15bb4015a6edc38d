import { FlashproofError } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import { checkErase, eraseFlash, type EraseTarget } from "../../session/erase-job.ts";
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
 * an end such as 0x0FFF means the same, because sectors are erased whole. A range that leaves the flash, and one that
 * ends before it begins, fails before the chip is reset.
 */
export const erase: Handler = async (call) => {
  const area = areaOf(call);
  // Asked before the reset that the command begins with; the job asks again.
  const refused = refusalOf(area, targetOf(call).found.chip);
  if (refused) return failed(call, refused);
  if (area.what === "chip") print(call, call.texts.eraseChipChosen());
  if (!(await prepareTarget(call))) return "failed";
  print(call, area.what === "chip" ? texts.erasingDevice() : texts.erasingRange());
  try {
    const { phases } = await eraseFlash(targetOf(call), area, { reset: false }, call.io);
    print(call, texts.eraseReport(total(phases), eraseTimes(phases)));
    delete call.connection.history.lastLoad;
    return "ok";
  } catch (error) {
    if (isCalledOff(error) || isProbeLost(error) || !(error instanceof FlashproofError)) throw error;
    return failed(call, error);
  }
};

function failed(call: Call, error: FlashproofError): "failed" {
  print(call, texts.eraseFailed(ERASE_ERROR));
  call.notes.error(error);
  return "failed";
}

function refusalOf(area: EraseTarget, chip: Chip | undefined): FlashproofError | undefined {
  try {
    if (chip) checkErase(area, [], chip);
    return undefined;
  } catch (error) {
    if (error instanceof FlashproofError) return error;
    throw error;
  }
}

function areaOf({ args }: Call): EraseTarget {
  if (!args.has("SAddr")) return { what: "chip" };
  const start = args.number("SAddr");
  return { what: "sectors", start, length: args.number("EAddr") - start };
}
