import { detectFormat, isImageName } from "../../../image/formats/file-format.ts";
import { encodingOf } from "./log-lines.ts";
import { isLog } from "./log-reading.ts";

/** How many of a file's first bytes distinguish a log from an image. */
export const LOG_HEAD = 0x1000;

/** Whether a file is a log, by its first bytes. A name that only images have decides; text in no image's format is a log. */
export function isLogHead(head: Uint8Array, name: string): boolean {
  if (head.length === 0 || isImageName(name)) return false;
  const encoding = encodingOf(head);
  const text = new TextDecoder(encoding).decode(head);
  if (encoding === "utf-8" && text.includes("\0")) return false;
  return isLog(text) || !looksLikeImage(head, name);
}

function looksLikeImage(bytes: Uint8Array, name: string): boolean {
  try {
    detectFormat(bytes, { name });
    return true;
  } catch {
    return false;
  }
}
