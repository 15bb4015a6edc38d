/** A value that survives JSON, so that every detail of an error can be printed by `--json`. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** What an error knows besides its sentence. */
export interface ErrorOptions {
  /** Addresses, counts and names as fields; addresses and bytes as `0x...` strings. */
  readonly details?: { readonly [key: string]: Json };
  /** The lower layer's error, kept whole. */
  readonly cause?: unknown;
}

/**
 * The root of every error that Flashproof throws on purpose: a sentence that says what failed and where, and a
 * machine-readable code. Each layer has one subclass; `doctor` knows the advice for every code.
 */
export abstract class FlashproofError<Code extends string = string> extends Error {
  /** The stable code that docs/errors.md lists. */
  readonly code: Code;
  /** What is known beside the message, as JSON. */
  readonly details: { readonly [key: string]: Json };

  constructor(code: Code, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Codes of waits that ended without an answer. */
export type WaitErrorCode = "timeout" | "aborted";

/** A wait that ran into its deadline, or that the caller called off. */
export class WaitError extends FlashproofError<WaitErrorCode> {}

/** Codes of the host machine: its files, its arguments, the processes beside us. */
export type HostErrorCode =
  | "file-not-found"
  | "file-unreadable"
  | "file-unwritable"
  | "file-is-link"
  | "file-is-folder"
  | "file-is-device"
  | "file-too-large"
  | "output-unwritable"
  | "page-not-built"
  | "usage"
  | "port-in-use"
  | "config-invalid"
  | "plan-file-invalid"
  | "plan-file-version"
  | "twin-in-use"
  | "twin-state-foreign"
  | "twin-state-corrupt"
  | "twin-state-version"
  | "twin-unknown-key"
  | "probe-not-found"
  | "probe-ambiguous"
  | "probe-selector";

/** Something the host machine refused: a file, a lock, a word on the command line. */
export class HostError extends FlashproofError<HostErrorCode> {}

/** The chain of causes of an error, outermost first, each one once. */
export function causeChain(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let at = error; at instanceof Error && !chain.includes(at); at = at.cause) chain.push(at);
  return chain;
}

/** The code of the first Flashproof error in a chain of causes, or undefined where there is none. */
export function codeOf(error: unknown): string | undefined {
  return causeChain(error).find((e) => e instanceof FlashproofError)?.code;
}

/** Does something for each, whatever becomes of the others. Throws the error of the first that failed. */
export async function forEach<T>(items: Iterable<T>, act: (item: T) => Promise<unknown>): Promise<void> {
  const errors: unknown[] = [];
  for (const item of items) await act(item).catch((error: unknown) => void errors.push(error));
  if (errors.length > 0) throw errors[0];
}

/**
 * Does something and, whatever comes of it, something behind it. Throws the error of the first where both fail: that of the
 * second is most often its consequence.
 */
export async function andThen<T>(first: () => Promise<T>, second: () => Promise<unknown>): Promise<T> {
  let result: T;
  try {
    result = await first();
  } catch (error) {
    await second().catch(() => {});
    throw error;
  }
  await second();
  return result;
}
