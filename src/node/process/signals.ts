/** The signals that ask a process to end: Ctrl-C, `kill`, a terminal that closes. */
const ENDING_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** One of them. */
export type EndingSignal = (typeof ENDING_SIGNALS)[number];

/**
 * Calls `act` at the first of these signals; a second one ends the process, as it does without any listener. The
 * returned function takes the listeners back.
 */
export function onceEnding(
  act: (signal: EndingSignal) => void,
  signals: readonly EndingSignal[] = ENDING_SIGNALS,
): () => void {
  const listen = (signal: EndingSignal) => {
    forget();
    act(signal);
  };
  const forget = () => {
    for (const signal of signals) process.off(signal, listen);
  };
  for (const signal of signals) process.on(signal, listen);
  return forget;
}

/**
 * Does synchronous work that may wait for another program. A signal's listener can't run before such work has ended, so
 * the signals end the process meanwhile, as they do where no listener is.
 */
export function withPlainSignals<T>(work: () => T): T {
  const kept = ENDING_SIGNALS.map((signal) => ({ signal, listeners: process.listeners(signal) }));
  for (const { signal, listeners } of kept) for (const listener of listeners) process.off(signal, listener);
  try {
    return work();
  } finally {
    for (const { signal, listeners } of kept) for (const listener of listeners) process.on(signal, listener);
  }
}
