/** Where a process's words go, of which only so much is needed here. */
type Stream = NodeJS.WriteStream;

/** stdout or stderr, as a job writes to it: that it can't be written is remembered, and ends nothing. */
export interface StandardStream {
  /** Writes, unless a write has failed before: what comes after a gap is no result either. */
  write(data: string | Uint8Array): void;
  /** Waits until what was written has gone to the system; answers why something of it hasn't. */
  finish(): Promise<Error | undefined>;
}

/** Guards one of the process's streams: a closed pipe, a full disk or a terminal that hung up is no exception. */
export function standardStream(stream: Stream): StandardStream {
  let failure: Error | undefined;
  const fail = (error: Error) => {
    failure ??= error;
  };
  stream.on("error", fail);
  return {
    write: (data) => {
      if (!failure) stream.write(data);
    },
    finish: async () => {
      if (!failure) await flushed(stream);
      return failure;
    },
  };
}

/** An error reaches the stream's listeners before, or right after, the callback of the write that failed. */
const flushed = (stream: Stream): Promise<void> =>
  new Promise((resolve) => {
    stream.write("", () => void setImmediate(resolve));
  });
