import { computed, signal } from "@preact/signals";
import type {
  Attached,
  BoardRequests,
  ControlAct,
  Flashed,
  LiveOptions,
  LiveSight,
  Planned,
  ProbeRow,
  Requests,
  ServerPorts,
  Serving,
  Verified,
  WorkError,
  WorkEvent,
} from "../../protocol.ts";
import { Client, FailedRequest } from "../client.ts";
import { noted } from "../history/note-job.ts";
import {
  chip,
  chooseChip,
  fail,
  failure,
  file,
  isBoardAtWork,
  type Progress,
  security,
  whenForgotten,
} from "../state.ts";
import { openBoard } from "./backend.ts";

/** What owns the probe: a worker of its own, so that a file's work can be ended without it, or `fp ui`. */
const client = new Client(openBoard);

/** The probes that may be opened; undefined where `flashproof ui` does not answer any more. */
export const probes = signal<readonly ProbeRow[] | undefined>([]);
/** A connected board: by which probe, and the chip's name that was chosen for it, empty where none was. */
export interface Board extends Attached {
  readonly id: string;
  readonly named: string;
}

/** The connected board. */
export const attached = signal<Board | undefined>(undefined);
/** What the board is at work on. */
export const boardTask = signal<keyof BoardRequests | undefined>(undefined);
/** How far that is. */
export const boardProgress = signal<Progress | undefined>(undefined);
/** What a job would do to the board; undefined before it was asked for, as those that follow. */
export const boardPlan = signal<Planned | undefined>(undefined);
/** Acts of the plan that can't be undone and were agreed to, by their tokens. */
export const agreed = signal<readonly string[]>([]);
/** Whether it was agreed to that everything on the board is erased. */
export const agreedToMassErase = signal(false);
/** What a flash job or a comparison came to. */
export const outcome = signal<Flashed | Verified | undefined>(undefined);
/** What was read. */
export const memory = signal<
  { readonly start: number; readonly bytes: Uint8Array; readonly readings: number } | undefined
>(undefined);
/** What is served to other programs of this machine. */
export const serving = signal<Serving | undefined>(undefined);
/** The probe that another page has, which can be asked for it. */
export const heldProbe = signal<string | undefined>(undefined);

/** Whether the board was connected as the chip that is named now: only then a job is for it. */
export const isAsNamed = computed(() => chip.value !== "" && attached.value?.named === chip.value);

/** Whether the plan that is shown may be carried out. */
export const mayFlash = computed(
  () => boardPlan.value?.missing.every(({ token }) => token !== undefined && agreed.value.includes(token)) ?? false,
);

/** What is shown of the board's content is of before. */
function forgetContent(): void {
  boardPlan.value = undefined;
  agreed.value = [];
  agreedToMassErase.value = false;
  outcome.value = undefined;
  memory.value = undefined;
}

function lost(why: WorkError): void {
  attached.value = undefined;
  serving.value = undefined;
  forgetContent();
  if (why.code === "connection-lost") probes.value = undefined;
  if (why.code !== "aborted") failure.value = why;
}

client.onLost = lost;
client.onServing = (found) => {
  serving.value = found;
};
whenForgotten(forgetContent);
addEventListener("beforeunload", (event) => {
  if (boardTask.value === "flash" || boardTask.value === "unlock") event.preventDefault();
});

/** Looks which probes there are; that is no work of the board, so a file that is given just then is taken. */
export async function lookForProbes(): Promise<void> {
  await client.ask("probes", {}).then((found) => {
    probes.value = found;
  }, fail);
}

/** Attaches to a probe's target; it is not reset. */
export async function attach(probe: string, takeOver = false): Promise<void> {
  const named = chip.value;
  const forget = () => {
    heldProbe.value = undefined;
    attached.value = undefined;
    forgetContent();
  };
  const isAsked = await ask("attach", { probe, chip: named || undefined, takeOver }, { forget }, (found) => {
    const name = probe === "twin" ? `a simulated ${found.probe}` : found.probe;
    attached.value = { ...found, probe: name, id: probe, named };
  });
  if (isAsked && failure.value?.canTakeOver) heldProbe.value = probe;
}

/** Ends the connection. */
export async function detach(): Promise<void> {
  await ask("detach", {}, { forget: forgetContent }, () => {
    attached.value = undefined;
  });
}

/** Names the chip that was found, and attaches anew with it. */
export async function nameChip({ id, chip: found }: Board): Promise<void> {
  await chooseChip(found ?? "");
  await attach(id);
}

/** Plans the job against what is on the chip. */
export async function planOnBoard(): Promise<void> {
  const job = boardJob();
  if (job)
    await ask("planOnBoard", job, { forget: forgetContent }, (found) => {
      boardPlan.value = found;
    });
}

/** Does what the plan says. */
export async function flash(): Promise<void> {
  const [job, plan] = [boardJob(), boardPlan.value];
  if (!job || !plan) return;
  const asked = { ...job, digest: plan.digest, tokens: agreed.value };
  await ask("flash", asked, { forget: forgetContent }, (found) => {
    outcome.value = found;
  });
}

/** Compares the chip with the file. */
export async function verify(): Promise<void> {
  const job = boardJob();
  const forget = () => {
    outcome.value = undefined;
  };
  if (job)
    await ask("verify", job, { forget }, (found) => {
      outcome.value = found;
    });
}

/** Reads memory. */
export async function read(start: number, length: number): Promise<void> {
  const forget = () => {
    memory.value = undefined;
  };
  await ask("read", { start, length }, { forget }, (found) => {
    memory.value = { start, ...found };
  });
}

/** Opens a locked chip: everything on it is erased. */
export async function unlock(): Promise<void> {
  const asked = { chip: chip.value, allowMassErase: agreedToMassErase.value };
  await ask("unlock", asked, { forget: forgetContent }, ({ isLocked, lines, json }) => {
    if (attached.value) attached.value = { ...attached.value, isLocked, lines, json };
  });
}

/** Halts, resumes, steps or resets. */
export async function control(act: ControlAct): Promise<void> {
  await ask("control", { act }, {}, () => {});
}

/** Serves the board to a debugger and to clients of RTT. */
export async function serve(ports: ServerPorts): Promise<void> {
  await ask("serve", ports, {}, (found) => {
    serving.value = found;
  });
}

/** Serves it no more. */
export async function endServing(): Promise<void> {
  await ask("endServing", {}, {}, () => {});
}

/** The look at the target that is under way; a job waits for its end. */
let looking: Promise<unknown> | undefined;

/** Looks at the target once, while the board is not at work; rejects with `FailedRequest`. */
export async function askLive(asked: LiveOptions): Promise<LiveSight> {
  const answer = client.ask("live", asked);
  looking = answer.catch((error: unknown) => lostBy(error));
  return answer;
}

function lostBy(error: unknown): void {
  if (error instanceof FailedRequest && error.error.isLost) lost(error.error);
}

/** Calls off what the board is at work on. */
export const cancel = (): void => client.cancel();

/** Jobs that the history keeps. */
const NOTED: readonly (keyof BoardRequests)[] = ["flash", "verify", "unlock"];

const subjectOf = (kind: string) => ({
  kind,
  file: file.value,
  chip: chip.value,
  probe: attached.value?.probe ?? "",
});

const boardJob = () => file.value && { file: file.value, chip: chip.value, security: security.value };

/** Asks, unless the board is at work, and forgets what the answer replaces; whether it was asked. */
async function ask<Kind extends keyof BoardRequests>(
  kind: Kind,
  asked: Requests[Kind]["asked"],
  { forget }: { readonly forget?: () => void },
  show: (answer: Requests[Kind]["answer"]) => void,
): Promise<boolean> {
  if (isBoardAtWork.value) return false;
  forget?.();
  isBoardAtWork.value = true;
  boardTask.value = kind;
  failure.value = undefined;
  boardProgress.value = undefined;
  try {
    const takeEvent = (event: WorkEvent) => {
      if (event.kind === "progress") boardProgress.value = event;
    };
    await looking;
    const work = () => client.ask(kind, asked, takeEvent);
    show(await (NOTED.includes(kind) ? noted(subjectOf(kind), work) : work()));
  } catch (error) {
    const why = fail(error);
    if (why.isLost) lost(why);
  } finally {
    boardTask.value = undefined;
    isBoardAtWork.value = false;
  }
  return true;
}
