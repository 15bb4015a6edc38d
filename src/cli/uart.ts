import { MILLISECOND } from "../base/clock.ts";
import { HostError } from "../base/errors.ts";
import { writeWhole } from "../node/files.ts";
import type { OpenProbe } from "../node/probes.ts";
import type { WatchOptions } from "./options/sets.ts";
import type { Invocation } from "./verb.ts";

/** How often the text is looked at, in the board's own microseconds. */
const LOOK_US = 1_000;

/** What a UART sent: as a whole, and as lines for the terminal (none where it went to a file). */
export interface UartOutput {
  readonly text: string;
  readonly lines: readonly string[];
}

/** Listens from now on; `watch` lets the board's time pass and answers what it sent. */
export interface UartWatch {
  watch(): Promise<UartOutput>;
}

/**
 * Prepares to watch the UART that the options ask for, before the firmware starts; undefined where none was asked for.
 * Throws `usage` on a real board, whose UART does not come through the probe.
 */
export function uartWatch(open: OpenProbe, invocation: Invocation<WatchOptions>): UartWatch | undefined {
  const where = invocation.options.uart;
  if (where === undefined) return undefined;
  if (!open.onUart)
    throw new HostError("usage", "--uart watches a simulated board; a real one's UART is not on its probe");
  const received = { text: "" };
  const decoder = new TextDecoder();
  open.onUart((bytes) => {
    received.text += decoder.decode(bytes);
  });
  return { watch: () => watch(open, invocation, where, received) };
}

async function watch(
  open: OpenProbe,
  { options, signal }: Invocation<WatchOptions>,
  where: string,
  received: { readonly text: string },
): Promise<UartOutput> {
  const { clock } = open;
  const end = clock.now() + options.for * MILLISECOND;
  const { until } = options;
  const isWatching = () => clock.now() < end && !(until !== undefined && hasLine(received.text, until));
  while (isWatching()) await clock.sleep(LOOK_US, signal);
  const isShown = where === "stdout" || where === "-";
  if (!isShown) writeWhole(where, received.text);
  const lines = received.text.replace(/\r?\n$/, "").split(/\r?\n/);
  return { text: received.text, lines: isShown ? lines : [] };
}

/** Whether the text stands there with the end of its line, so that `tick 1` is not found in `tick 12`. */
const hasLine = (text: string, wanted: string): boolean => text.includes(`${wanted}\r`) || text.includes(`${wanted}\n`);
