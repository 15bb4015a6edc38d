import type { Json } from "../../base/errors.ts";
import { PackError } from "../pack-error.ts";
import type { Position } from "./sequence.ts";

type Details = { readonly [key: string]: Json };

const inPlace = (text: string, { of, line, column }: Position): string =>
  `${of}, line ${line}, column ${column}: ${text}`;

/** A sequence that is not as the language wants it: `reason` stays the same when the sentence is improved. */
export const invalidSequence = (reason: string, text: string, at: Position, details: Details = {}): PackError =>
  new PackError("sequence-invalid", inPlace(text, at), {
    details: { reason, line: at.line, column: at.column, ...details },
  });

/** A function that Flashproof does not have, by its name. */
export const refusedFunction = (name: string, at: Position): PackError =>
  new PackError("sequence-unsupported", inPlace(`${name}() is not supported`, at), {
    details: { function: name, line: at.line, column: at.column },
  });

/** A sequence that does not come to an end, or calls itself. */
export const endlessSequence = (reason: string, text: string, details: Details = {}): PackError =>
  new PackError("sequence-limit", text, { details: { reason, ...details } });

/** A sequence that ends itself with an error. */
export const failedSequence = (reason: string, text: string, details: Details = {}): PackError =>
  new PackError("sequence-failed", text, { details: { reason, ...details } });

/** What a driver throws for an access that the target did not do; `__errorcontrol` skips it, and nothing else. */
export const failedAccess = (text: string, details: Details = {}): PackError => failedSequence("access", text, details);

/** Whether an error is an access that the target did not do. */
export const isFailedAccess = (error: unknown): boolean =>
  error instanceof PackError && error.code === "sequence-failed" && error.details["reason"] === "access";
