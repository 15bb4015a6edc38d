import { computed, signal } from "@preact/signals";
import type {
  ChipRow,
  Explained,
  GivenFile,
  Planned,
  Rehearsed,
  RequestKind,
  Requests,
  SecurityPolicy,
  WorkError,
  WorkEvent,
} from "../protocol.ts";
import { Client, FailedRequest } from "./client.ts";
import { compared, otherFile } from "./compare/compare-state.ts";
import { noted } from "./history/note-job.ts";
import { openWorker } from "./transport.ts";

/** The views, by their place in the address (`#plan`). */
export const VIEWS = ["explain", "plan", "rehearse", "connect", "board", "live", "time", "history"] as const;

/** How far something is. */
export type Progress = Extract<WorkEvent, { kind: "progress" }>;

/** One view. */
export type View = (typeof VIEWS)[number];

/** What works on files; it can be ended at any time. */
const client = new Client(openWorker);

/** What is shown. */
export const view = signal<View>("explain");
/** The file that everything is about. */
export const file = signal<GivenFile | undefined>(undefined);
/** Every chip that can be named. */
export const chips = signal<readonly ChipRow[]>([]);
/** The chip's name; empty where none was chosen. */
export const chip = signal("");
/** What is done with an image that would lock the chip. */
export const security = signal<SecurityPolicy>("refuse");
/** The model of the simulated probe. */
export const probe = signal("jlink-hs");
/** What goes wrong in the rehearsal. */
export const faults = signal("");

/** What the file shows; undefined before it was asked for, as the two that follow. */
export const explained = signal<Explained | undefined>(undefined);
/** Which of a pack's devices is shown as a whole; empty for none. */
export const packDevice = signal("");
/** The image behind an example's log, which the page plays the ways out for. */
export const exampleImage = signal<GivenFile | undefined>(undefined);
/** What a job would do. */
export const planned = signal<Planned | undefined>(undefined);
/** What a rehearsal came to. */
export const rehearsed = signal<Rehearsed | undefined>(undefined);
/** Why the last request failed. */
export const failure = signal<WorkError | undefined>(undefined);
/** What is being worked on. */
export const busy = signal<RequestKind | undefined>(undefined);
/** How far it is. */
export const progress = signal<Progress | undefined>(undefined);
/** What the rehearsed firmware has sent so far. */
export const uart = signal("");

/** The file that was given while a board was at work, and was not taken. */
export const refusedFile = signal<string | undefined>(undefined);

/** Whether a board is at work: its job goes on whatever is looked at, so what it is about can't be changed. */
export const isBoardAtWork = signal(false);

/** Whether a job can be planned. */
export const canPlan = computed(
  () => file.value !== undefined && chip.value !== "" && busy.value === undefined && !isBoardAtWork.value,
);

/** Called when what was shown of a file, a chip or a choice is forgotten. */
let onForget = (): void => {};

/** Has the board's views forget, too. */
export const whenForgotten = (act: () => void): void => {
  onForget = act;
};

/** Counts what the views are about: an answer to something that was asked before is not shown. */
let subject = 0;

/** What was shown of the file, the chip or the choices before is gone, and a rehearsal of them ends. */
function forget(): void {
  subject++;
  onForget();
  packDevice.value = "";
  planned.value = undefined;
  rehearsed.value = undefined;
  uart.value = "";
  exampleImage.value = undefined;
  compared.value = undefined;
  otherFile.value = undefined;
  failure.value = undefined;
  if (busy.value === "rehearse") client.stop();
  busy.value = undefined;
}

/** Fetches what never changes. */
export async function begin(): Promise<void> {
  await client.ask("chips", {}).then((found) => {
    chips.value = found;
  }, fail);
}

async function take(given: GivenFile, named: string): Promise<void> {
  forget();
  chip.value = named;
  file.value = given;
  await explain();
}

/** Takes a file whose bytes have to be read first, and its chip where that is known; not while a board is at work. */
export async function takeFile(name: string, read: () => Promise<ArrayBuffer>, of?: string): Promise<void> {
  const bytes = await read().catch(() => undefined);
  refusedFile.value = isBoardAtWork.value ? name : undefined;
  if (isBoardAtWork.value) return;
  if (bytes) return take({ name, bytes: new Uint8Array(bytes) }, of ?? chip.value);
  forget();
  showUnreadable(name);
}

/** Takes another chip. */
export async function chooseChip(name: string): Promise<void> {
  if (isBoardAtWork.value) return;
  forget();
  chip.value = name;
  await explain();
}

/** Shows another of a pack's devices. */
export async function choosePackDevice(name: string): Promise<void> {
  packDevice.value = name;
  await explain();
}

/** Takes another choice of a job. */
export function choose<T>(of: { value: T }, value: T): void {
  if (isBoardAtWork.value) return;
  forget();
  of.value = value;
}

/** Compares the file with another image, whose bytes have to be read first. */
export async function compareWith(name: string, read: () => Promise<ArrayBuffer>): Promise<void> {
  const [given, about] = [file.value, subject];
  const bytes = await read().catch(() => undefined);
  if (!given || about !== subject) return;
  compared.value = undefined;
  otherFile.value = bytes && { name, bytes: new Uint8Array(bytes) };
  if (!otherFile.value) return showUnreadable(name);
  await run("compare", { file: given, other: otherFile.value, chip: chip.value || undefined }, (found) => {
    compared.value = found;
  });
}

function showUnreadable(name: string): void {
  failure.value = { code: "file-unreadable", message: `${name} can't be read`, hints: ["Choose the file again."] };
}

/** Asks the worker for what is no view of the file's own; rejects with `FailedRequest`. */
export const askWorker: Client["ask"] = (kind, asked, emit) => client.ask(kind, asked, emit);

async function explain(): Promise<void> {
  const given = file.value;
  if (!given) return;
  explained.value = undefined;
  const device = packDevice.value === "" ? {} : { device: packDevice.value };
  await run("explain", { file: given, chip: chip.value || undefined, ...device }, (found) => {
    explained.value = found;
  });
}

/** Plans the job. */
export async function plan(): Promise<void> {
  const given = file.value;
  if (!given) return;
  planned.value = undefined;
  await run("plan", { file: given, chip: chip.value, security: security.value }, (found) => {
    planned.value = found;
  });
}

/** Flashes a simulated board and lets it run. */
export async function rehearse(): Promise<void> {
  const given = file.value;
  if (!given) return;
  rehearsed.value = undefined;
  progress.value = undefined;
  uart.value = "";
  const job = { file: given, chip: chip.value, security: security.value };
  await run("rehearse", { ...job, probe: probe.value, faults: faults.value, runMs: RUN_MS }, (found) => {
    rehearsed.value = found;
  });
}

/** Milliseconds of the board's time that its firmware runs. */
const RUN_MS = 1000;

/** Ends what is being worked on. */
export const stop = (): void => client.stop();

/** Shows an answer, or why there is none, unless the views are about something else by then. */
async function run<Kind extends RequestKind>(
  kind: Kind,
  asked: Requests[Kind]["asked"],
  show: (answer: Requests[Kind]["answer"]) => void,
): Promise<void> {
  const about = subject;
  const isShown = () => about === subject;
  busy.value = kind;
  failure.value = undefined;
  try {
    const ask = () => client.ask(kind, asked, (event) => isShown() && takeEvent(event));
    const answer = await (kind === "rehearse" ? noted(rehearsalSubject(), ask) : ask());
    if (isShown()) show(answer);
  } catch (error) {
    if (isShown()) fail(error);
  } finally {
    if (isShown()) busy.value = undefined;
  }
}

const rehearsalSubject = () => ({
  kind: "rehearse",
  file: file.value,
  chip: chip.value,
  probe: `simulated ${probe.value}`,
});

/** Shows why something failed; what is no answer of a worker is thrown on. */
export function fail(error: unknown): WorkError {
  if (!(error instanceof FailedRequest)) throw error;
  failure.value = error.error;
  return error.error;
}

/** Shows what happens while a request is worked on. */
function takeEvent(event: WorkEvent): void {
  if (event.kind === "progress") progress.value = event;
  else uart.value += event.text;
}
