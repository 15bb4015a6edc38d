import { existsSync } from "node:fs";
import { HostError } from "../../base/errors.ts";
import { ChipError } from "../../chips/chip-error.ts";
import { createTwin, type Twin, TwinError, type TwinErrorCode, type TwinOptions } from "../../twin/usb.ts";
import { checkOutput, readWhole, writeWhole } from "../files.ts";
import { type AppendedFile, appendTo } from "../files/output-stream.ts";
import { lockFile } from "./lock-file.ts";
import type { Selector } from "../selector.ts";
import { decodeState, encodeState } from "../../host/state-format.ts";

/** Receives the bytes of a UART. */
export type UartSink = (bytes: Uint8Array) => void;

/** A twin that this process owns until it unplugs it. */
export interface PluggedTwin {
  readonly twin: Twin;
  /** Adds a listener for what the chip sends on its UART. */
  onUart(sink: UartSink): void;
  /**
   * Writes the board's state to its file, where it has one. Throws `file-unwritable` for it, or where bytes of the UART
   * are missing in their file.
   */
  keep(): void;
  /** Gives the state file back to others. */
  unplug(): void;
}

/**
 * Makes the twin that a selector describes, from its state file where there is one, and owns that file.
 *
 * Throws `twin-in-use`, `twin-state-foreign`, `twin-state-corrupt`, `twin-state-version`, `twin-unknown-key`,
 * `chip-unknown`, and what `checkOutput` throws for a state or a UART that can't be written later.
 */
export function plugInTwin(selector: Selector & { kind: "twin" }): PluggedTwin {
  const { stateFile, uartFile } = selector;
  if (stateFile !== undefined) checkOutput(stateFile);
  const uart = uartFile === undefined ? undefined : appendTo(uartFile);
  const unplug = stateFile === undefined ? () => {} : lockFile(stateFile);
  try {
    const sinks: UartSink[] = uart ? [uart.take] : [];
    const twin = makeTwin(selector, (bytes) => {
      for (const sink of sinks) sink(bytes);
    });
    const keep = () => keepAll(twin, stateFile, uart);
    return { twin, onUart: (sink) => void sinks.push(sink), keep, unplug };
  } catch (error) {
    unplug();
    throw error instanceof TwinError ? toHostError(error, stateFile) : error;
  }
}

/** The state first: it is what the next process needs. */
function keepAll(twin: Twin, stateFile: string | undefined, uart: AppendedFile | undefined): void {
  try {
    if (stateFile !== undefined) writeWhole(stateFile, encodeState(twin.snapshot()));
  } finally {
    uart?.finish();
  }
}

function makeTwin({ options, stateFile }: Selector & { kind: "twin" }, uart: UartSink): Twin {
  const saved = stateFile !== undefined && existsSync(stateFile) ? readWhole(stateFile, { only: "file" }) : undefined;
  const state: Partial<TwinOptions> = saved ? { state: decodeState(saved, stateFile ?? "") } : {};
  return createTwin({ ...options, uart, ...state });
}

/** The twin knows no host's codes: what it refuses is a word on the command line, or a file that is not its own. */
function toHostError(error: TwinError, stateFile: string | undefined): Error {
  const options = { details: { ...error.details, ...(stateFile && { path: stateFile }) }, cause: error };
  return HOST_ERRORS[error.code](error.message, options);
}

type Options = ConstructorParameters<typeof HostError>[2];
type MakeError = (message: string, options: Options) => Error;

const badKey: MakeError = (message, options) => new HostError("twin-unknown-key", message, options);

const HOST_ERRORS: { readonly [Code in TwinErrorCode]: MakeError } = {
  "twin-unknown-chip": (message, options) => new ChipError("chip-unknown", message, options),
  "twin-unknown-probe": badKey,
  "twin-fault-spec": badKey,
  // The only option that a selector can't spell and a file can: the chip of a state.
  "twin-bad-option": (message, options) => new HostError("twin-state-foreign", message, options),
};
