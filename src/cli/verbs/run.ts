import type { Answer } from "../output.ts";
import { refusedReport } from "../refused-accesses.ts";
import { withTarget } from "../target.ts";
import { filesFor } from "../semihosting-host.ts";
import { runSemihosting } from "./run-semihosting.ts";
import { uartWatch } from "../uart.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Invocation } from "../verb.ts";

/**
 * `run`: lets a halted core go; on a simulated board it can watch the UART for a while. With `--semihosting` the firmware
 * starts from its reset, and its own end is the answer.
 */
export function run(invocation: Invocation<OptionsOf<"run">>): Promise<Answer> {
  const files = invocation.options.semihosting ? filesFor(invocation) : undefined;
  return withTarget(
    invocation,
    async (target) => {
      if (files) return runSemihosting(invocation, target, files);
      const { session, open } = target;
      const uart = uartWatch(open, invocation);
      await session.core.resume({ signal: invocation.signal });
      const output = await uart?.watch();
      const refused = refusedReport(open.twin ? [open.twin] : []);
      const result = { running: true, ...(output ? { uart: output.text } : {}), busErrors: refused.json };
      const text = [...(output?.lines ?? ["the core runs"]), ...refused.lines];
      return { result, text, exit: 0, clock: open.clockKind };
    },
    { connect: "attach" },
  );
}
