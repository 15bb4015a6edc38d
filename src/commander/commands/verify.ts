import type { History } from "../../doctor/evidence.ts";
import { type Difference, verifyImage } from "../../flash/verify.ts";
import type { Image } from "../../image/image.ts";
import { print } from "../console/context.ts";
import { type Call, type Handler, type Outcome, targetOf } from "../run/handler.ts";
import { openRaw } from "../target/image-file.ts";
import * as texts from "../texts/v7-86e/flash.ts";
import { memoryUnreadable } from "../texts/v7-86e/memory.ts";
import { verifyNotes } from "../words/verify-notes.ts";
import { zonedAddress } from "../language/zoned-address.ts";

/** `verifybin`: compares file and memory byte by byte; J-Link's lines for the first difference, and on stderr why. */
export const verifyBin: Handler = async (call) => {
  const path = call.args.text("filename");
  const address = zonedAddress(call, "addr");
  if (address === undefined) return "failed";
  const image = openRaw(call, path, address);
  if (!image) return "failed";
  print(call, texts.verifyStart(path, address, image.segments[0].bytes.length));
  const { differences } = await verifyImage(targetOf(call).core.memory, image, [], () => {}, call.io);
  const [first] = differences;
  if (first) return differs(call, image, first, differences);
  print(call, texts.verifyEqual());
  return "ok";
};

function differs(call: Call, image: Image, first: Difference, differences: readonly Difference[]): Outcome {
  const { address, expected, actual } = first;
  print(call, actual ? texts.verifyDifferent(address, expected[0], actual[0]) : memoryUnreadable());
  const { found } = targetOf(call);
  const { lastLoad } = call.connection.history;
  const changes = lastLoad?.changes ?? [];
  if (found.chip && isInFlash(address, found.chip.flash))
    call.notes.answer(...verifyNotes({ chip: found.chip, image, changes, differences, history: historyOf(call) }));
  return "failed";
}

/** Causes are known for flash; RAM differs because something has written it. */
const isInFlash = (address: number, { start, length }: { readonly start: number; readonly length: number }): boolean =>
  address >= start && address < start + length;

/** What this run knows of the chip's past; of what another one did it knows nothing. */
function historyOf({ connection: { history } }: Call): History {
  const { massErased, lastLoad } = history;
  const erased = massErased ? { massErased } : {};
  if (!lastLoad) return erased;
  return { ...erased, sectorErased: lastLoad.fieldSectorErased, toolVerified: true, device: lastLoad.device };
}
