import { baselineDecoder } from "./baseline.ts";
import { mainDecoder, wideDecoder } from "./decode.ts";
import { coprocessor, withoutFpu } from "./decode32-float.ts";
import { type Decode, instruction, type Wide } from "./decoded.ts";
import { isDsp } from "../ops/dsp-set.ts";
import { UNDEFINED } from "../ops/ops-system.ts";
import { type CpuProfile, type Fpu, isMain } from "../profiles/profile.ts";

const FPU_DECODERS: Readonly<Record<Fpu, Wide>> = {
  none: withoutFpu,
  "v4-single": coprocessor,
  "v5-single": coprocessor,
  "v5-double": coprocessor,
};

/** The DSP extension's instructions become undefined. */
const withoutDsp =
  (wide: Wide): Wide =>
  (hw1, hw2, pc) => {
    const decoded = wide(hw1, hw2, pc);
    return isDsp(decoded) ? instruction(UNDEFINED) : decoded;
  };

/** The decoder of a core, put together once from what its profile has. */
export function decoderOf(profile: CpuProfile): Decode {
  const all = wideDecoder(FPU_DECODERS[profile.fpu]);
  const wide = profile.dsp ? all : withoutDsp(all);
  return isMain(profile) ? mainDecoder(wide) : baselineDecoder(profile.architecture, wide);
}
