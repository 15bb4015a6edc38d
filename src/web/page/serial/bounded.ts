import { later } from "../clock.ts";

/** A call of a port did not settle in its time. */
export class SerialTimeout extends Error {}

/** Waits for a call that a browser may leave pending for ever; rejects with `SerialTimeout` after its time. */
export function bounded<T>(call: Promise<T>, ms: number, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = later(ms, () => reject(new SerialTimeout(`${what} did not end in ${ms / 1000} s`)));
    call.then(resolve, reject).finally(cancel);
  });
}
