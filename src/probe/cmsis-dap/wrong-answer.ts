import { ProbeError } from "../probe-error.ts";

/** An answer that cannot be the one to this command. */
export function wrongResponse(probe: string, command: string, why: string, cause?: unknown): ProbeError {
  const details = { probe, command, why };
  return new ProbeError("probe-protocol", `${probe}'s answer to ${command} is wrong: ${why}`, { details, cause });
}
