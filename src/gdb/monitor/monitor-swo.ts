import { HostError } from "../../base/errors.ts";
import { ownValue } from "../../base/own-value.ts";
import type { SwoControl } from "../host.ts";
import { type MonitorWord, numberIn } from "./monitor-word.ts";

const NOT_SERVED = "SWO isn't served here: --swo-port on the server's command line does that";

const numberOr = (text: string | undefined, usual: number): number => (text === undefined ? usual : numberIn(text));

/** `EnableTarget CPUHZ SWOHZ MASK MODE`: 0 leaves a speed to be measured or chosen; the only mode is UART. */
function enable(swo: SwoControl, [cpu, speed, mask, mode]: readonly string[]): string {
  if (numberOr(mode, 0) !== 0) throw new HostError("usage", "SWO is received by UART (mode 0) only");
  const [cpuHz, swoHz] = [numberOr(cpu, 0), numberOr(speed, 0)];
  return swo.enable({
    ports: numberOr(mask, 0xffffffff),
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
