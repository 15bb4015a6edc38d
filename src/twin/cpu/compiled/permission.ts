/** What of the host says whether it is a page or Node. */
interface Host {
  readonly document?: unknown;
  readonly WorkerGlobalScope?: unknown;
  readonly process?: { readonly versions?: { readonly node?: string } };
}

/** Makes a function of source text, which this folder alone writes, from decoded instructions; throws `EvalError` where that is forbidden. */
export const functionOf = (parameter: string, body: string): ((argument: object) => unknown) =>
  new Function(parameter, body) as (argument: object) => unknown;

function works(): boolean {
  try {
    functionOf("", "");
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether the host lets text become code. A page is never asked: its Content-Security-Policy may forbid it, and the question
 * alone would be a report on the console. Node answers by itself (`--disallow-code-generation-from-strings`).
 */
export function mayGenerateCode(host: Host = globalThis as Host): boolean {
  const page = host.document !== undefined || host.WorkerGlobalScope !== undefined;
  return !page && host.process?.versions?.node !== undefined && works();
}
