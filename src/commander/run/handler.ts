import type { Session } from "../../session/session.ts";
import type { Connection } from "../target/connection.ts";
import type { Context } from "../console/context.ts";
import type { Arguments } from "../language/parse-args.ts";

/** How a command ended; `quit` ends the run. */
export type Outcome = "ok" | "failed" | "quit";

/** One call of a command. */
export interface Call extends Context {
  readonly connection: Connection;
  readonly args: Arguments;
  /** The command as the user spelled it, for J-Link's lines that repeat it. */
  readonly typed: string;
}

/** Does what a command says, and prints J-Link's lines for it. What it throws fails the command. */
export type Handler = (call: Call) => Promise<Outcome>;

/** The connected target of a command that needs one. */
export const targetOf = (call: Call): Session => call.connection.target;
