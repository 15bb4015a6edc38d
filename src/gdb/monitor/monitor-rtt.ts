import { HostError } from "../../base/errors.ts";
import { ownValue } from "../../base/own-value.ts";
import { address32 } from "../../base/u32.ts";
import { parseBlockAddress, parseSearchRanges, searchRange } from "../../rtt/place-text.ts";
import { type MonitorWord, numberIn } from "./monitor-word.ts";
import { TARGET_WORDS } from "./monitor-words.ts";

/** What a parser answers; throws `usage` where that is nothing. */
function known<T>(value: T | undefined, what: string, text: string): T {
  if (value === undefined) throw new HostError("usage", `"${text.trim()}" is no ${what} in memory`);
  return value;
}

/** OpenOCD's `rtt setup ADDRESS SIZE ["SEGGER RTT"]`, numbers as it takes them; the block is found by its own ID. */
function setupRange(text: string) {
  const [start, length] = text.split(/\s+/);
  return known(searchRange(numberIn(start), numberIn(length)), "range", text);
}

/** Words about RTT that is served beside GDB: where its control block is. */
export const RTT_WORDS: { readonly [word: string]: MonitorWord } = {
  exec: {
    help: "exec SetRTTAddr ADDRESS, exec SetRTTSearchRanges START LENGTH[, ...]: where RTT's control block is",
    run: (debuggee, rest) => {
      const [, name = "", value = ""] = /^\s*(\w+)\s*=?\s*(.*)$/s.exec(rest) ?? [];
      const string = name.toLowerCase();
      if (string === "setrttaddr")
        return place(debuggee.options.place, { address: known(parseBlockAddress(value), "address", value) });
      if (string === "setrttsearchranges")
        return place(debuggee.options.place, { ranges: known(parseSearchRanges(value), "range", value) });
      // cortex-debug clears an old block by `exec memU32 ADDRESS = 0`.
      return ownValue(TARGET_WORDS, string)?.run(debuggee, value) ?? [`exec ${name}: accepted, and not needed here`];
    },
  },
  rtt: {
    help: "rtt setup ADDRESS LENGTH [ID]: where RTT's control block is searched for",
    run: ({ options }, rest) => {
      const [, setup] = /^\s*setup\s+(.*)$/is.exec(rest) ?? [];
      if (setup !== undefined) return place(options.place, { ranges: [setupRange(setup)] });
      return options.place ? ["RTT is served as long as a client is there"] : [NOT_SERVED];
    },
  },
};

const NOT_SERVED = "RTT isn't served here: --rtt on the server's command line does that";

type Place = NonNullable<Parameters<MonitorWord["run"]>[0]["options"]["place"]>;

function place(to: Place | undefined, rtt: Place["rtt"]): readonly string[] {
  if (!to) return [NOT_SERVED];
  to.rtt = rtt;
  const where = rtt.address === undefined ? "the given ranges" : address32(rtt.address);
  return [`RTT's control block is looked for at ${where}`];
}
