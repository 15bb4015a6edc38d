/** Lets the event loop run once, so that keys and signals are handled while a simulated board keeps the process busy. */
export const yieldToEventLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
