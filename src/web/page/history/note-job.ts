import { nowText } from "../clock.ts";
import { FailedRequest } from "../client.ts";
import type { GivenFile } from "../../protocol.ts";
import { outcomeOf } from "./outcome.ts";

/** What a job was about. */
export interface JobSubject {
  readonly kind: string;
  readonly file: GivenFile | undefined;
  readonly chip: string;
  readonly probe: string;
}

/** Does a job and keeps what it came to in the history, a failure too; a browser that keeps nothing changes nothing. */
export async function noted<T>(subject: JobSubject, job: () => Promise<T>): Promise<T> {
  try {
    const answer = await job();
    void note(subject, outcomeOf(answer ?? {}), answer ?? {});
    return answer;
  } catch (error) {
    if (error instanceof FailedRequest) void note(subject, error.error.code, { error: error.error });
    throw error;
  }
}

async function note({ kind, file, chip, probe }: JobSubject, outcome: string, report: object): Promise<void> {
  try {
    const { keepJob } = await import("./store.ts");
    const bytes = file?.bytes.length ?? 0;
    const at = nowText();
    await keepJob({
      at,
      kind,
      file: file?.name ?? "",
      bytes,
      sha256: await sha256(file),
      chip,
      probe,
      outcome,
      report,
    });
  } catch {
    // A private window, or no room: the job itself has ended as it is shown.
  }
}

/** Only pages that came by https or from this machine may count it. */
async function sha256(file: GivenFile | undefined): Promise<string> {
  if (!file || !isSecureContext) return "";
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(file.bytes)));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
