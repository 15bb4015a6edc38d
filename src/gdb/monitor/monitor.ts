import { codeOf } from "../../base/errors.ts";
import { ownValue } from "../../base/own-value.ts";
import { address32 } from "../../base/u32.ts";
import type { Debuggee } from "../debuggee.ts";
import { FLASH_WORDS } from "./monitor-flash.ts";
import { RTT_WORDS } from "./monitor-rtt.ts";
import { SWO_WORDS } from "./monitor-swo.ts";
import { faultWords, isInFault } from "../faults/fault-words.ts";
import { type MonitorWord, MOST_MS, numberIn } from "./monitor-word.ts";
import { TARGET_WORDS } from "./monitor-words.ts";
import { SEMIHOSTING_WORDS } from "./monitor-semihosting.ts";
import { PointRefused } from "../point-refused.ts";
import { OTHER_SERVERS_WORDS } from "./monitor-other-servers.ts";

/** Words that callers of other servers send and that need nothing done here. */
const ACCEPTED =
  /^(?:speed|endian|device|interface|select|init|exit|adapter|version|jtagconf|enablechecks|disablechecks|allowsimulation|cp15|getargs|setargs|remoteport|rtos|tpiu)\b/i;

const WORDS: { readonly [word: string]: MonitorWord } = {
  ...TARGET_WORDS,
  ...OTHER_SERVERS_WORDS,
  ...RTT_WORDS,
  ...SWO_WORDS,
  ...SEMIHOSTING_WORDS,
  ...FLASH_WORDS,
  reset: {
    help: "reset [halt|init|run]: resets the chip; it is halted unless run is said",
    run: async (debuggee, rest) => {
      if (/^run\b/i.test(rest)) {
        await debuggee.session.reset("system", "run");
        return ["the target was reset and runs; GDB takes it for halted until the next stop"];
      }
      const { pc = 0 } = await debuggee.resetAndHalt();
      // What scripts for J-Link look for in its server's answer.
      if (debuggee.options.flashBy === "writes") return ["Resetting target"];
      return [`the target was reset and halted at ${address32(pc)}`];
    },
  },
  halt: {
    help: "halt: halts the core",
    run: async (debuggee) => {
      const { pc = 0 } = await debuggee.halt();
      return [`halted at ${address32(pc)}`];
    },
  },
  why: { help: "why: what went wrong last, in full", run: why },
  regs: {
    help: "regs: the core's registers",
    run: async ({ core }) => {
      const names = ["R0", "R1", "R2", "R3", "R12", "SP", "LR", "PC", "XPSR", "MSP", "PSP", "CFBP"] as const;
      const values = await core.readRegisters(names);
      return [names.map((name, i) => `${name} = ${address32(values[i])}`).join(", ")];
    },
  },
  clrbp: {
    help: "clrbp: takes all breakpoints and watchpoints away",
    run: async ({ points }) => {
      await points.clearAll();
      return ["all breakpoints and watchpoints are cleared"];
    },
  },
  sleep: {
    help: "sleep MS: waits",
    run: async ({ session, gone }, rest) => {
      await session.clock.sleep(Math.min(numberIn(rest.trim()), MOST_MS) * 1000, gone);
      return [];
    },
  },
  jlink: {
    help: "jlink LINE: a line of J-Link Commander",
    run: async (debuggee, rest) => {
      const { commander } = debuggee.host;
      if (!commander) return ["J-Link Commander's lines are not served here"];
      const lines = (await commander(rest, { signal: debuggee.gone })).replace(/\n$/, "").split("\n");
      debuggee.movedByClient();
      return lines;
    },
  },
};

/** The last report; a core that stands in a fault's handler, which it was halted in, is looked at now. */
async function why({ session, core, why: last }: Debuggee): Promise<readonly string[]> {
  const isInHandler = (await core.state()) === "halted" && (await isInFault(core));
  return isInHandler && !last.some((line) => line.startsWith("the core stopped")) ? faultWords(session, core) : last;
}

/** What `monitor LINE` prints; an unknown word is answered with those there are. */
export async function monitor(debuggee: Debuggee, line: string): Promise<readonly string[]> {
  const [word = "", rest = ""] = /^\s*(\S+)\s*(.*)$/s.exec(line)?.slice(1) ?? [];
  debuggee.host.print(`monitor ${line}`);
  const known = ownValue(WORDS, word.toLowerCase());
  if (known) return run(debuggee, known, rest);
  if (word.toLowerCase() === "help" || word === "") return Object.values(WORDS).map(({ help }) => help);
  if (ACCEPTED.test(line)) return [`${word}: accepted, and not needed here`];
  return [`there is no command "${word}" here; monitor help lists them`];
}

/** What fails is told in GDB in one line, and in full on the console. */
async function run(debuggee: Debuggee, word: MonitorWord, rest: string): Promise<readonly string[]> {
  try {
    return await word.run(debuggee, rest);
  } catch (error) {
    if (error instanceof PointRefused) return [error.message];
    if (codeOf(error) === undefined) throw error;
    debuggee.report(debuggee.host.explain(error));
    debuggee.news.take();
    return [debuggee.why[0], "monitor why says more"];
  }
}
