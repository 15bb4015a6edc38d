/** Blocks this thread for so many milliseconds, where a synchronous call has to wait for another program. */
export function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
