import type { Chip } from "../../chips/chip.ts";
import { asImageWords } from "../words/family-words.ts";
import { codeOf, FlashproofError } from "../../base/errors.ts";
import { print } from "../console/context.ts";
import { download } from "../target/download.ts";
import { isCalledOff, isProbeLost } from "../run/failure.ts";
import { type Call, type Handler, type Outcome, targetOf } from "../run/handler.ts";
import { openImage } from "../target/image-file.ts";
import { atOwnAddresses } from "../../flash/plan/named-banks.ts";
import type { Image } from "../../image/image.ts";
import { notResetText, resetWouldLock } from "../../session/stand-still.ts";
import { checkOnChip } from "../target/on-chip.ts";
import { splitImage } from "../target/split-image.ts";
import { resetTarget } from "../target/target-reset.ts";
import { dllError } from "../texts/v7-86e/banner.ts";
import * as texts from "../texts/v7-86e/flash.ts";
import { RESET_TYPES } from "../texts/v7-86e/reset.ts";
import { aliasText } from "../words/file-words.ts";
import { zonedAddress } from "../language/zoned-address.ts";

/**
 * `loadfile` and `loadbin`: an implicit reset unless `noreset`, the download, J-Link's report. A file that can't be read
 * leaves the target alone (unsure whether J-Link resets it before).
 */
export const load: Handler = async (call) => {
  const path = call.args.text("filename");
  const address = call.args.has("addr") ? zonedAddress(call, "addr") : undefined;
  if (call.args.has("addr") && address === undefined) return "failed";
  const file = openImage(call, path, address);
  const image = file && onOwnBanks(call, file);
  if (image && (isSwitchedOff(call, image) || leavesChip(call, image))) return "failed";
  if (!image || !(await prepareTarget(call))) return "failed";
  print(call, texts.downloading(path));
  try {
    await download(call, image);
    print(call, texts.ok());
    return "ok";
  } catch (error) {
    if (isCalledOff(error) || isProbeLost(error)) throw error;
    return failed(call, error);
  }
};

/** The file at the flash's own addresses, where it was made for the ones at which the core sees it after reset. */
function onOwnBanks(call: Call, file: Image): Image {
  const { chip } = targetOf(call).found;
  if (!chip) return file;
  const image = atOwnAddresses(file, chip);
  const [at, own] = [file, image].map(({ segments }) => Math.min(...segments.map(({ address }) => address)));
  if (image !== file) call.notes.answer(aliasText(call.args.text("filename"), at, own));
  return image;
}

/** A file of which a part lies in no memory of the chip: nothing of it is written, and nothing is reset for it. */
function leavesChip(call: Call, image: Image): boolean {
  const { chip } = targetOf(call).found;
  if (!chip) return false;
  try {
    checkOnChip(image, chip);
    return false;
  } catch (error) {
    print(call, texts.downloading(call.args.text("filename")));
    failed(call, error);
    return true;
  }
}

/** `exec DisableFlashDL` leaves nothing but RAM to download to. */
function isSwitchedOff(call: Call, image: Image): boolean {
  const { settings, connection, notes } = call;
  if (settings.flashDownload || splitImage(image, connection.target.found.chip).flash.segments.length === 0)
    return false;
  print(call, [
    ...texts.downloading(call.args.text("filename")),
    ...dllError(texts.NOT_PREPARED),
    ...texts.downloadFailed(),
  ]);
  notes.answer("exec DisableFlashDL has switched programming off: exec EnableFlashDL switches it on again");
  return true;
}

/**
 * Resets and halts before flash is touched; with `noreset`, and where that reset would lock an open chip, the core is only
 * halted. Answers whether it stands.
 */
export async function prepareTarget(call: Call): Promise<boolean> {
  const target = targetOf(call);
  // Also before the look at what a reset would do: in the middle of an erase nothing that is read lasts.
  await call.connection.settleErase();
  const noReset = call.args.has("reset") && call.args.text("reset") === "noreset";
  const wouldLock = noReset || !target.found.chip ? undefined : await resetWouldLock(target, call.io);
  if (wouldLock) call.notes.answer(notResetText(wouldLock));
  if (noReset || wouldLock) {
    await target.core.halt(call.io);
    return true;
  }
  print(call, call.texts.implicitReset(call.typed));
  return resetTarget(call, "halt", RESET_TYPES[0]);
}

function failed(call: Call, error: unknown): Outcome {
  if (!(error instanceof FlashproofError)) throw error;
  print(call, [...dllError(dllText(error)), ...texts.downloadFailed()]);
  if (codeOf(error) === "consent-missing") call.notes.answer(...consentNotes(error, call.settings.device?.chip));
  else call.notes.error(error);
  if (!call.settings.device?.chip) call.notes.add(NO_CHIP);
  return "failed";
}

const NO_CHIP =
  "hint: no chip is named, so the file was written as to RAM: name the chip with -Device (flashproof chips lists them)";

/** What the DLL says: a byte of the loader's own check by its address, all else was never begun. */
function dllText(error: FlashproofError): string {
  if (error.code !== "verify-differs") return texts.NOT_PREPARED;
  return texts.loaderVerifyError(Number(error.details["address"]));
}

function consentNotes(error: FlashproofError, chip: Chip | undefined): readonly string[] {
  const { token } = error.details;
  const refused = `refused, and nothing was written: ${error.message}`;
  if (typeof token !== "string")
    return [refused, ...(chip ? [`hint: ${asImageWords(chip)} programs the byte as it is`] : [])];
  return [
    refused,
    `hint: if you mean it: exec AllowIrreversible = ${token}; it fits this image, this act and this chip only`,
  ];
}
