import { FlashproofError } from "../../base/errors.ts";
import type { Image } from "../../image/image.ts";
import { detectFormat, readImage } from "../../image/read-image.ts";
import { print } from "../console/context.ts";
import type { Call } from "../run/handler.ts";
import { downloading, fileNotOpened } from "../texts/v7-86e/flash.ts";

/**
 * The file of a download: what it is says its content, then its name; what can't be told is raw. An address is a raw
 * file's place (0 without one), and what is added to the addresses of any other. Undefined, and J-Link's words, where
 * it can't be read.
 */
export function openImage(call: Call, path: string, address: number | undefined): Image | undefined {
  return orNotOpened(call, downloading(path), () => {
    const name = path;
    const bytes = call.host.readFile(path);
    const format = bytes.length === 0 ? "raw" : detectFormat(bytes, { name, address: address ?? 0 });
    return readImage(bytes, { name, format, ...(address === undefined ? {} : { address }) });
  });
}

/** A file's bytes as they are, at an address. */
export function openRaw(call: Call, path: string, address: number): Image | undefined {
  return orNotOpened(call, [], () => readImage(call.host.readFile(path), { name: path, format: "raw", address }));
}

function orNotOpened<T>(call: Call, before: readonly string[], open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof FlashproofError)) throw error;
    print(call, [...before, ...fileNotOpened()]);
    call.notes.error(error);
    return undefined;
  }
}
