/**
 * The object, but whoever asks it for what its API does not have gets a TypeError: code that relies on more than the API
 * fails here instead of in a browser.
 */
export function strict<T extends object>(object: T, members: readonly string[]): T {
  return new Proxy(object, {
    get(target, name) {
      if (typeof name === "string" && !members.includes(name)) throw new TypeError(`The API has no member ${name}`);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value as (...given: unknown[]) => unknown).bind(target) : value;
    },
  });
}

/** Members of every event target. */
export const EVENTS = ["addEventListener", "removeEventListener", "dispatchEvent"] as const;

/** The exception of a browser for the twin's error of the same name. */
export function asBrowser(error: unknown): DOMException {
  const { name, message } = error instanceof Error ? error : { name: "NetworkError", message: String(error) };
  return new DOMException(message, name);
}

/** Bytes as a browser takes them. Throws `TypeError` for anything else, shared memory too. */
export function bytesOf(data: unknown): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data) && data.buffer instanceof ArrayBuffer)
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new TypeError("The provided value is not of type '(ArrayBuffer or ArrayBufferView)'");
}
