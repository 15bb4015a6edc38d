/** Ends one turn of the process's event loop, so that keys and signals are heard while a simulated board keeps it busy. */
export const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
