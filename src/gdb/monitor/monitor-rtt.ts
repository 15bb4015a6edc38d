import { HostError } from "../../base/errors.ts";
import { ownValue } from "../../base/own-value.ts";
import { address32 } from "../../base/u32.ts";
import type { MonitorWord } from "./monitor-words.ts";
import { TARGET_WORDS } from "./monitor-words.ts";

/** An address as scripts for J-Link have it: hex, with or without 0x (unsure without); throws `usage`. */
function addressIn(text: string | undefined): number {
  const [, digits] = /^(?:0x)?([0-9a-f]{1,8})$/i.exec(text ?? "") ?? [];
  if (digits === undefined) throw new HostError("usage", `"${text ?? ""}" is no address`);
  return Number.parseInt(digits, 16);
}

/** `0x20000000 0x1000, 0x10000000 0x800`; throws `usage`. */
function rangesIn(text: string) {
  return text.split(",").map((one) => {
    const [start, length, ...more] = one.trim().split(/\s+/);
    if (more.length > 0) throw new HostError("usage", `"${one.trim()}" is no start and length`);
    return { start: addressIn(start), length: addressIn(length) };
  });
}

/** Words about RTT that is served beside GDB: where its control block is. */
export const RTT_WORDS: { readonly [word: string]: MonitorWord } = {
  exec: {
    help: "exec SetRTTAddr ADDRESS, exec SetRTTSearchRanges START LENGTH[, ...]: where RTT's control block is",
    run: (debuggee, rest) => {
      const [, name = "", value = ""] = /^\s*(\w+)\s*=?\s*(.*)$/s.exec(rest) ?? [];
      const known = name.toLowerCase();
      if (known === "setrttaddr") return place(debuggee.options.place, { address: addressIn(value.trim()) });
      if (known === "setrttsearchranges") return place(debuggee.options.place, { ranges: rangesIn(value) });
      // cortex-debug clears an old block by `exec memU32 ADDRESS = 0`.
      return ownValue(TARGET_WORDS, known)?.run(debuggee, value) ?? [`exec ${name}: accepted, and not needed here`];
    },
  },
  rtt: {
    help: "rtt setup ADDRESS LENGTH: where RTT's control block is searched for",
    run: ({ options }, rest) => {
      const [, setup] = /^\s*setup\s+(.*)$/is.exec(rest) ?? [];
      if (setup !== undefined)
        return place(options.place, { ranges: rangesIn(setup.replaceAll('"', "").slice(0, 100)) });
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
