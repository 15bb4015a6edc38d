// Messages as text, for a WebSocket: JSON, with bytes as base64 in an object of one key.

/** The key of bytes; no message has a field of this name. */
const BYTES = "$bytes";

/** Bytes that become one string at a time: an argument list has an end. */
const PIECE = 0x8000;

/** A message as text. */
export const encodeMessage = (message: unknown): string =>
  JSON.stringify(message, (_key, value: unknown) =>
    value instanceof Uint8Array ? { [BYTES]: toBase64(value) } : value,
  );

/** A message out of text. Throws `SyntaxError` and `DOMException` for what is none. */
export const decodeMessage = (text: string): unknown =>
  JSON.parse(text, (_key, value: unknown) => {
    const coded = typeof value === "object" && value !== null && (value as { [BYTES]?: unknown })[BYTES];
    return typeof coded === "string" ? Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0)) : value;
  });

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}
