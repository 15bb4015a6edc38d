import { HostError } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import type { Image } from "../../image/image.ts";
import { checkInside, imageSize } from "../../image/image-bytes.ts";
import { programRam, ramStart, runInRam } from "../../session/run-in-ram.ts";
import { readImagesForRam } from "../image-files.ts";
import type { Answer } from "../output.ts";
import { refusedReport } from "../refused-accesses.ts";
import { chipOption, withTarget } from "../target.ts";
import { filesFor } from "../semihosting-host.ts";
import { runSemihosting } from "./run-semihosting.ts";
import { uartWatch } from "../uart.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Invocation } from "../verb.ts";

/**
 * `run [FILE...]`: lets a halted core go, or puts a program into RAM and starts that; on a simulated board it can watch the
 * UART for a while. With `--semihosting` the firmware starts from its reset, and its own end is the answer.
 */
export function run(invocation: Invocation<OptionsOf<"run">>): Promise<Answer> {
  const { semihosting } = invocation.options;
  const image = invocation.args.length > 0 ? imageFor(invocation) : undefined;
  const files = semihosting ? filesFor(invocation) : undefined;
  return withTarget(
    invocation,
    async (target) => {
      if (files) return runSemihosting(invocation, target, files);
      const { session, open } = target;
      const uart = uartWatch(open, invocation);
      const io = { signal: invocation.signal };
      const start = image && (await runInRam(session, image, [], io));
      if (!image) await session.core.resume(io);
      const output = await uart?.watch();
      const refused = refusedReport(open.twin ? [open.twin] : []);
      const result = {
        running: true,
        ...(start && { pc: address32(start.pc), stack: address32(start.stack), bytes: image ? imageSize(image) : 0 }),
        ...(output ? { uart: output.text } : {}),
        busErrors: refused.json,
      };
      const began = start ? `the program in RAM runs from ${address32(start.pc)}` : "the core runs";
      const text = [...(output?.lines ?? [began]), ...refused.lines];
      return { result, text, exit: 0, clock: open.clockKind };
    },
    { connect: image ? "halt" : "attach" },
  );
}

/** The program for RAM, looked at before a probe is opened. */
function imageFor(invocation: Invocation<OptionsOf<"run">>): Image {
  if (invocation.options.semihosting)
    throw new HostError("usage", "--semihosting runs what is in flash; a FILE is put into RAM");
  const image = readImagesForRam(invocation);
  checkInside(image, programRam(chipOption(invocation)));
  ramStart(image);
  return image;
}
