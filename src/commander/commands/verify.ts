import { firmwareBanks } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import { holds } from "../../chips/sectors.ts";
import type { History } from "../../doctor/evidence.ts";
import { type Difference, verifyImage } from "../../flash/verify.ts";
import type { Image } from "../../image/image.ts";
import { contentFormat } from "../../image/formats/file-format.ts";
import { provenOnHalted } from "../../session/halted-proof.ts";
import { print } from "../console/context.ts";
import { type Call, type Handler, type Outcome, targetOf } from "../run/handler.ts";
import { isRefusedAccess } from "../run/failure.ts";
import { openRaw } from "../target/image-file.ts";
import * as texts from "../texts/v7-86e/flash.ts";
import { memoryUnreadable } from "../texts/v7-86e/memory.ts";
import { comparedAsText, VERIFY_INSTEAD } from "../words/file-words.ts";
import { verifyNotes } from "../words/verify-notes.ts";
import { zonedAddress } from "../language/zoned-address.ts";

/** `verifybin`: compares file and memory byte by byte; J-Link's lines for the first difference, and on stderr why. */
export const verifyBin: Handler = async (call) => {
  const path = call.args.text("filename");
  const address = zonedAddress(call, "addr");
  if (address === undefined) return "failed";
  const image = openRaw(call, path, address);
  if (!image) return "failed";
  const text = comparedAsText(path, contentFormat(image.segments[0].bytes));
  if (text) call.notes.answer(`warning: ${text}`);
  print(call, texts.verifyStart(path, address, image.segments[0].bytes.length));
  const differences = await compared(call, image);
  if (!differences) return "failed";
  const [first] = differences;
  if (first) return differs(call, image, differences, text === undefined);
  print(call, texts.verifyEqual());
  return "ok";
};

/** Where no flash is, a fault has no phrase to blame: a few of them, and the whole memory counts as one that isn't there. */
const MOST_UNREADABLE = 16;

async function compared(call: Call, image: Image): Promise<readonly Difference[] | undefined> {
  const target = targetOf(call);
  const { found } = target;
  const [{ address, bytes }] = image.segments;
  const { chip } = found;
  const isFlash = [address, address + bytes.length - 1].every((at) => chip && isInFlash(at, chip));
  const io = { ...call.io, banks: chip?.banks ?? [] };
  const limits = isFlash ? io : { ...io, mostUnreadable: MOST_UNREADABLE };
  try {
    const { memory } = isFlash ? await provenOnHalted(target, image, io) : target.core;
    return (await verifyImage(memory, image, [], () => {}, limits)).differences;
  } catch (error) {
    if (!isRefusedAccess(error)) throw error;
    print(call, memoryUnreadable());
    call.notes.error(error);
    return undefined;
  }
}

function differs(call: Call, image: Image, differences: readonly Difference[], isFirmware: boolean): Outcome {
  const [{ address, expected, actual }] = differences;
  print(call, actual ? texts.verifyDifferent(address, expected[0], actual[0]) : memoryUnreadable());
  const { found } = targetOf(call);
  const { lastLoad } = call.connection.history;
  const changes = lastLoad?.changes ?? [];
  // Of a text that was compared with a chip there is nothing to explain.
  if (!isFirmware) call.notes.answer(`hint: ${VERIFY_INSTEAD}`);
  else if (found.chip && isInFlash(address, found.chip))
    call.notes.answer(...verifyNotes({ chip: found.chip, image, changes, differences, history: historyOf(call) }));
  return "failed";
}

/** Causes are known for flash; RAM differs because something has written it. */
const isInFlash = (address: number, chip: Chip): boolean => firmwareBanks(chip).some((bank) => holds(bank, address));

/** What this run knows of the chip's past; of what another one did it knows nothing. */
function historyOf({ connection: { history } }: Call): History {
  const { massErased, lastLoad } = history;
  const erased = massErased ? { massErased } : {};
  if (!lastLoad) return erased;
  return { ...erased, sectorErased: lastLoad.fieldSectorErased, toolVerified: true, device: lastLoad.device };
}
