import { withDeadline } from "../../base/deadlines.ts";
import { within } from "../../base/clock.ts";
import { wallClock } from "../../host/wall-clock.ts";
import { UsbError } from "../../usb/usb-error.ts";

/** How long another page has for giving a probe up, in milliseconds: it closes the device in that time. */
const GIVE_UP_MS = 3000;

/** Where pages of this origin speak of probes. */
const CHANNEL = "flashproof-probes";

interface Asked {
  readonly giveUp: string;
}

/**
 * Takes a probe for this page; the returned function gives it back. With `takeOver` the page that has it is asked for it
 * first, and `onAsked` answers such a question of another page, by giving up what the lock stands for.
 * Throws `usb-busy` with `heldBy: "page"`.
 */
export async function takeProbe(
  id: string,
  { takeOver, onAsked }: { readonly takeOver: boolean; readonly onAsked: () => boolean },
): Promise<() => void> {
  const release = (await tryLock(id)) ?? (takeOver ? await askFor(id) : undefined);
  if (!release) throw heldByPage(takeOver);
  const channel = new BroadcastChannel(CHANNEL);
  channel.addEventListener("message", ({ data }: MessageEvent<Asked>) => {
    if (data.giveUp === id) onAsked();
  });
  return () => {
    channel.close();
    release();
  };
}

const nameOf = (id: string): string => `flashproof-probe ${id}`;

/** The lock, or undefined where another page has it. */
const tryLock = (id: string): Promise<(() => void) | undefined> => hold(nameOf(id), { ifAvailable: true });

/** Asks the page that has the probe, and waits for it; undefined where it keeps it, because a job is under way. */
async function askFor(id: string): Promise<(() => void) | undefined> {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage({ giveUp: id } satisfies Asked);
  channel.close();
  const late = new AbortController();
  const waiting = hold(nameOf(id), { signal: late.signal });
  const io = within(wallClock, GIVE_UP_MS);
  return withDeadline(wallClock, io, "another page to give up the probe", () => waiting).catch(() => {
    late.abort();
    waiting.then((release) => release?.()).catch(() => {});
    return undefined;
  });
}

/** Holds a lock until the returned function is called. */
function hold(name: string, options: LockOptions): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null) =>
      new Promise<void>((end) => {
        if (lock) return resolve(() => end());
        resolve(undefined);
        end();
      });
    navigator.locks.request(name, options, held).catch(reject);
  });
}

function heldByPage(wasAsked: boolean): UsbError {
  const text = wasAsked
    ? "Another page of this browser has the probe and keeps it: a job is under way there"
    : "Another page of this browser has the probe";
  return new UsbError("usb-busy", text, { details: { heldBy: "page" } });
}
