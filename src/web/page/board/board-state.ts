import { computed, signal } from "@preact/signals";
import type {
  Attached,
  BoardRequests,
  Flashed,
  Planned,
  ProbeRow,
  Requests,
  Verified,
  WorkError,
} from "../../protocol.ts";
import { Client } from "../client.ts";
import {
  chip,
  chooseChip,
  fail,
  failure,
  file,
  isBoardAtWork,
  progress,
  security,
  takeEvent,
  whenForgotten,
} from "../state.ts";
import { openBoard } from "./backend.ts";

/** What owns the probe: a worker of its own, so that a file's work can be ended without it, or `fp ui`. */
const client = new Client(openBoard);

/** The probes that may be opened. */
export const probes = signal<readonly ProbeRow[]>([]);
/** The connected board. */
export const attached = signal<Attached | undefined>(undefined);
/** What the board is at work on. */
export const boardTask = signal<keyof BoardRequests | undefined>(undefined);
/** What a job would do to the board; undefined before it was asked for, as those that follow. */
export const boardPlan = signal<Planned | undefined>(undefined);
/** Acts of the plan that can't be undone and were agreed to, by their tokens. */
export const agreed = signal<readonly string[]>([]);
/** What a flash job or a comparison came to. */
export const outcome = signal<Flashed | Verified | undefined>(undefined);
/** What was read. */
export const memory = signal<
  { readonly start: number; readonly bytes: Uint8Array; readonly readings: number } | undefined
>(undefined);
/** The probe that another page has, which can be asked for it. */
export const heldProbe = signal<string | undefined>(undefined);

/** Whether the plan that is shown may be carried out. */
export const mayFlash = computed(
  () => boardPlan.value?.missing.every(({ token }) => token !== undefined && agreed.value.includes(token)) ?? false,
);

/** What is shown of the board's content is of before. */
function forgetContent(): void {
  boardPlan.value = undefined;
  agreed.value = [];
  outcome.value = undefined;
  memory.value = undefined;
}

function lost(why: WorkError): void {
  attached.value = undefined;
  forgetContent();
  if (why.code !== "aborted") failure.value = why;
}

client.onLost = lost;
whenForgotten(forgetContent);
addEventListener("beforeunload", (event) => {
  if (boardTask.value === "flash" || boardTask.value === "unlock") event.preventDefault();
});

/** Looks which probes there are. */
export const lookForProbes = (): Promise<void> =>
  ask("probes", {}, (found) => {
    probes.value = found;
  });

/** Attaches to a probe's target; it is not reset. */
export async function attach(probe: string, takeOver = false): Promise<void> {
  heldProbe.value = undefined;
  attached.value = undefined;
  forgetContent();
  await ask("attach", { probe, chip: chip.value || undefined, takeOver }, (found) => {
    attached.value = found;
  });
  if (failure.value?.canTakeOver) heldProbe.value = probe;
}

/** Ends the connection. */
export async function detach(): Promise<void> {
  await ask("detach", {}, () => {});
  attached.value = undefined;
  forgetContent();
}

/** Names the chip that was found, and attaches anew with it. */
export async function nameChip(name: string, probe: string): Promise<void> {
  await chooseChip(name);
  await attach(probe);
}

/** Plans the job against what is on the chip. */
export async function planOnBoard(): Promise<void> {
  const job = boardJob();
  forgetContent();
  if (job)
    await ask("planOnBoard", job, (found) => {
      boardPlan.value = found;
    });
}

/** Does what the plan says. */
export async function flash(): Promise<void> {
  const [job, plan] = [boardJob(), boardPlan.value];
  if (!job || !plan) return;
  const asked = { ...job, digest: plan.digest, tokens: agreed.value };
  forgetContent();
  await ask("flash", asked, (found) => {
    outcome.value = found;
  });
}

/** Compares the chip with the file. */
export async function verify(): Promise<void> {
  const job = boardJob();
  outcome.value = undefined;
  if (job)
    await ask("verify", job, (found) => {
      outcome.value = found;
    });
}

/** Reads memory. */
export async function read(start: number, length: number): Promise<void> {
  memory.value = undefined;
  await ask("read", { start, length }, (found) => {
    memory.value = { start, ...found };
  });
}

/** Opens a locked chip: everything on it is erased. */
export async function unlock(): Promise<void> {
  forgetContent();
  await ask("unlock", { allowMassErase: true }, ({ lines }) => {
    if (attached.value) attached.value = { ...attached.value, isLocked: false, lines };
  });
}

/** Calls off what the board is at work on. */
export const cancel = (): void => client.cancel();

const boardJob = () => file.value && { file: file.value, security: security.value };

async function ask<Kind extends keyof BoardRequests>(
  kind: Kind,
  asked: Requests[Kind]["asked"],
  show: (answer: Requests[Kind]["answer"]) => void,
): Promise<void> {
  if (isBoardAtWork.value) return;
  isBoardAtWork.value = true;
  boardTask.value = kind;
  failure.value = undefined;
  progress.value = undefined;
  try {
    show(await client.ask(kind, asked, takeEvent));
  } catch (error) {
    const why = fail(error);
    if (why.isLost) lost(why);
  } finally {
    boardTask.value = undefined;
    isBoardAtWork.value = false;
  }
}
