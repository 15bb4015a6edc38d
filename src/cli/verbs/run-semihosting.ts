import { MICROSECOND, MILLISECOND } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import { unixSeconds, wallClock } from "../../host/wall-clock.ts";
import type { CoreState } from "../../cortex/core.ts";
import type { CortexCore } from "../../cortex/cortex-core.ts";
import { yieldToEventLoop } from "../../node/event-loop.ts";
import { StdinInput } from "../../node/semihosting/stdin-input.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { refusal } from "../../report/error-report.ts";
import { exitCodeOf } from "../../semihosting/exit-code.ts";
import { FirmwareError } from "../../semihosting/firmware-error.ts";
import type { HostConsole, HostFiles } from "../../semihosting/host.ts";
import { type FirmwareExit, Semihosting } from "../../semihosting/semihosting.ts";
import { isSemihostingCall, serveCall } from "../../semihosting/serve-call.ts";
import { healthOf } from "../../session/health.ts";
import type { Session } from "../../session/session.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Answer } from "../output.ts";
import type { Target } from "../target.ts";
import { FirmwareOutput } from "../serving/firmware-output.ts";
import { type Invocation, note } from "../verb.ts";

/** How often a running core is looked at, in its own microseconds. */
const LOOK_US = 1_000;

/** So long stdin may have nothing, whatever `--for` is: what writes to it may have to be started yet. */
const INPUT_MS = 5_000;

type RunInvocation = Invocation<OptionsOf<"run">>;

/**
 * Runs the firmware from its reset with semihosting until it ends by itself, and answers with its code. Throws
 * `firmware-no-exit` at the end of `--for`, and `firmware-stopped` where it halts or locks up elsewhere.
 */
export async function runSemihosting(
  invocation: RunInvocation,
  { session, open }: Target,
  files: HostFiles,
): Promise<Answer> {
  const { json } = invocation.options;
  const printed = new FirmwareOutput(invocation.terminal, json ? (line) => note(invocation, line) : undefined);
  const input = new StdinInput();
  const { clock } = session;
  let started = clock.now();
  const semihosting = new Semihosting({
    files,
    console: {
      write: (bytes, stream) => printed.write(bytes, stream),
      read: invocation.terminal.inIsTerminal
        ? (most, signal) => input.read(most, signal)
        : inputWithin(input, Math.max(invocation.options.for, INPUT_MS)),
    },
    commandLine: () => invocation.options.semihostingArgs ?? "",
    elapsedUs: () => (clock.now() - started) / MICROSECOND,
    unixSeconds,
  });
  const forget = session.onEvent(({ event }) => {
    if (event !== "reset") return;
    void semihosting.close();
    started = clock.now();
  });
  try {
    const exit = await untilExit(invocation, session, semihosting);
    return answerFor(exit, printed.text, open.clockKind);
  } finally {
    forget();
    await semihosting.close();
    input.close();
  }
}

/**
 * Reads of a stdin that is no terminal; they throw `firmware-no-exit` once the firmware has waited for so many milliseconds
 * in all. They are the wall clock's: a simulated board's own time stands still while its firmware waits.
 */
function inputWithin(input: StdinInput, ms: number): HostConsole["read"] {
  let left = ms * MILLISECOND;
  const text = `The firmware has not ended by semihosting: it has waited ${ms} ms for input, and stdin is open and has none`;
  return async (most, signal) => {
    const late = new AbortController();
    const begun = wallClock.now();
    const cancel = wallClock.alarm(begun + left, () => late.abort(noExit(text, { ms })));
    try {
      return await input.read(most, AbortSignal.any([signal, late.signal]));
    } finally {
      cancel();
      left = Math.max(0, left - (wallClock.now() - begun));
    }
  };
}

async function untilExit(invocation: RunInvocation, session: Session, semihosting: Semihosting): Promise<FirmwareExit> {
  const { signal, options } = invocation;
  const { core, clock } = session;
  await session.reset("system", "halt", { signal });
  await core.resume({ signal });
  const end = clock.now() + options.for * MILLISECOND;
  let resets = 0;
  const forget = session.onEvent(({ event }) => {
    if (event === "reset") resets++;
  });
  try {
    for (;;) {
      const exit = await lookOnce(session, semihosting, signal);
      if (exit) return exit;
      // A firmware that does nothing but calls has its end, too.
      if (clock.now() >= end) throw notInTime(options.for, resets);
      await yieldToEventLoop();
    }
  } finally {
    forget();
  }
}

/** Serves a call where the core stands at one, else lets some time pass; answers the firmware's end. */
async function lookOnce(
  session: Session,
  semihosting: Semihosting,
  signal: AbortSignal,
): Promise<FirmwareExit | undefined> {
  signal.throwIfAborted();
  const state = await stateOf(session.core, signal);
  if (state === "lockup") throw await stoppedElsewhere(session, "the core is locked up");
  if (state === "halted") return serveStop(session, semihosting, signal);
  await session.clock.sleep(LOOK_US, signal);
  return undefined;
}

/** What the core does; a chip in reset, or between two of them, may refuse the look. */
async function stateOf(core: CortexCore, signal: AbortSignal): Promise<CoreState> {
  try {
    return await core.state({ signal });
  } catch (error) {
    if (codeOf(error) === "memory-fault") return "in-reset";
    throw error;
  }
}

/** Serves the call that the core stands at and lets it run on; answers the firmware's end. */
async function serveStop(
  session: Session,
  semihosting: Semihosting,
  signal: AbortSignal,
): Promise<FirmwareExit | undefined> {
  const { core } = session;
  const [pc] = await core.readRegisters(["PC"], { signal });
  if (!(await isSemihostingCall(core, pc)))
    throw await stoppedElsewhere(session, `the core halted at ${address32(pc)}`);
  const exit = await serveCall(core, semihosting, pc, signal);
  if (!exit) await core.resume({ signal });
  return exit;
}

async function stoppedElsewhere(session: Session, what: string): Promise<FirmwareError> {
  const { exception, faults } = await healthOf(session);
  const where = exception === undefined ? "" : ` in ${exception}`;
  const why = faults.length === 0 ? "" : `: ${faults.join("; ")}`;
  return new FirmwareError("firmware-stopped", `The firmware has not ended by semihosting: ${what}${where}${why}`);
}

function notInTime(ms: number, resets: number): FirmwareError {
  const restarts = resets === 0 ? "" : `; the chip was reset ${resets === 1 ? "once" : `${resets} times`} while it ran`;
  return noExit(`The firmware has not ended by semihosting within ${ms} ms${restarts}`, { ms, resets });
}

const noExit = (text: string, details: { readonly [name: string]: number }): FirmwareError =>
  new FirmwareError("firmware-no-exit", text, { details });

function answerFor({ code, words }: FirmwareExit, output: string, clock: Target["open"]["clockKind"]): Answer {
  const result = { exit: code, words, output };
  const exit = exitCodeOf(code);
  if (exit === 0) return { result, text: [], exit, clock };
  const sentence = `${words[0].toUpperCase()}${words.slice(1)}`;
  return {
    result,
    text: [],
    exit,
    clock,
    ...refusal(new FirmwareError("firmware-exit", sentence, { details: { exit: code } }), inCliWords),
  };
}
