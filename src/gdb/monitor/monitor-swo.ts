import { HostError } from "../../base/errors.ts";
import { ownValue } from "../../base/own-value.ts";
import type { SwoControl } from "../host.ts";
import type { MonitorWord } from "./monitor-words.ts";

const NOT_SERVED = "SWO isn't served here: --swo-port on the server's command line does that";

function numberIn(text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  if (!/^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text)) throw new HostError("usage", `"${text}" is no number`);
  return Number(text) >>> 0;
}

/** `EnableTarget CPUHZ SWOHZ MASK MODE`: 0 leaves a speed to be measured or chosen; the only mode is UART. */
function enable(swo: SwoControl, [cpu, speed, mask, mode]: readonly string[]): string {
  if (numberIn(mode, 0) !== 0) throw new HostError("usage", "SWO is received by UART (mode 0) only");
  const [cpuHz, swoHz] = [numberIn(cpu, 0), numberIn(speed, 0)];
  return swo.enable({
    ports: numberIn(mask, 0xffffffff),
    ...(cpuHz > 0 && { cpuHz }),
    ...(swoHz > 0 && { swoHz }),
  });
}

const COMMANDS: { readonly [word: string]: (swo: SwoControl, words: readonly string[]) => string } = {
  enabletarget: enable,
  disabletarget: (swo) => swo.disable(),
  // Callers send it behind EnableTarget, which has begun already; the same with its counterpart.
  start: (swo) => swo.speed(),
  stop: (swo) => swo.disable(),
  getspeedinfo: (swo) => swo.speed(),
  getmaxspeed: (swo) => swo.speed(),
};

/** Words about SWO that is served beside GDB. */
export const SWO_WORDS: { readonly [word: string]: MonitorWord } = {
  swo: {
    help: "SWO EnableTarget CPUHZ SWOHZ MASK 0, DisableTarget: has the target send by SWO; 0 is measured or chosen",
    run: ({ options }, rest) => {
      const [word = "", ...words] = rest.split(/\s+/).filter((part) => part !== "");
      const command = ownValue(COMMANDS, word.toLowerCase());
      if (!command) throw new HostError("usage", `There is no command "SWO ${word}" here`);
      return [options.swo ? command(options.swo, words) : NOT_SERVED];
    },
  },
};
