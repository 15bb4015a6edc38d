import type { Debuggee } from "../debuggee.ts";
import { CURRENT } from "../rtos/threads.ts";
import { bytesOfHex, hexOfText, numberOfHex } from "../rsp.ts";
import { documentPart } from "./general.ts";
import { type PacketTable, REFUSED } from "./packet.ts";
import { XPSR_EXCEPTION } from "../../registers/special.ts";

/** One thread as the client lists it. */
interface Listed {
  readonly id: number;
  readonly name: string;
  readonly state: string;
}

/** Threads: the one that runs is number 1, the others have their control blocks' addresses. */
export const THREADS: PacketTable = {
  "qXfer:threads:read:": async (debuggee, { text }) => {
    const threads = (await listed(debuggee)).map(
      ({ id, name, state }) =>
        `<thread id="${id.toString(16)}" core="${debuggee.understood.core}" name="${xmlText(name)}">${xmlText(state)}</thread>`,
    );
    return documentPart(text, "", `<threads>${threads.join("")}</threads>`);
  },
  qC: () => `QC${CURRENT}`,
  qfThreadInfo: async (debuggee) => `m${(await listed(debuggee)).map(({ id }) => id.toString(16)).join(",")}`,
  qsThreadInfo: () => "l",
  "qThreadExtraInfo,": async (debuggee, { text }) => {
    const thread = (await listed(debuggee)).find(({ id }) => id === numberOfHex(text));
    return thread ? hexOfText([thread.name, thread.state].filter((part) => part !== "").join("; ")) : REFUSED;
  },
  Hg: async (debuggee, { text }) => {
    const id = numberOfHex(text);
    const isOther = id !== undefined && id > CURRENT;
    if (isOther && !(await debuggee.threads.other(id))) return REFUSED;
    debuggee.threads.selected = isOther ? id : CURRENT;
    return "OK";
  },
  H: () => "OK",
  T: async (debuggee, { text }) => {
    const id = numberOfHex(text) ?? 0;
    return id === CURRENT || (await debuggee.threads.other(id)) ? "OK" : REFUSED;
  },
  "qSymbol:": ({ threads, understood }, { text }) => {
    // A kernel's current thread is the first core's.
    if (understood.core > 0) return "OK";
    const [value, name] = text.split(":");
    const known = bytesOfHex(name ?? "");
    const address = numberOfHex(value);
    if (!name) threads.askAnew();
    else if (known && address !== undefined) threads.note(new TextDecoder().decode(known), address);
    const next = threads.nextSymbol();
    return next === undefined ? "OK" : `qSymbol:${hexOfText(next)}`;
  },
};

/** The threads of a halted core; the current one alone while it runs, and without a kernel. */
async function listed(debuggee: Debuggee): Promise<readonly Listed[]> {
  const { core, threads } = debuggee;
  const state = await threads.read();
  if (!state) return [{ id: CURRENT, name: core.identity.name, state: "" }];
  for (const note of state.notes) debuggee.noteOnce(note);
  const [xpsr] = await core.readRegisters(["XPSR"]);
  const exception = xpsr & XPSR_EXCEPTION;
  const where = exception === 0 ? "running" : `running, in the handler of exception ${exception}`;
  return [{ id: CURRENT, name: state.currentName || core.identity.name, state: where }, ...state.others];
}

const xmlText = (text: string): string => text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
