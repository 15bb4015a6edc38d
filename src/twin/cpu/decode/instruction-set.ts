import { baselineDecoder } from "./baseline.ts";
import { mainDecoder, wideDecoder } from "./decode.ts";
import { coprocessor, withoutFpu } from "./decode32-float.ts";
import { fpv5 } from "./decode32-float5.ts";
import { type Decode, instruction, type Wide } from "./decoded.ts";
import { withLimits } from "./stack-limits.ts";
import { decodeV8, wideV8 } from "./v8.ts";
import { isDsp } from "../ops/dsp-set.ts";
import { UNDEFINED } from "../ops/ops-system.ts";
import { type CpuProfile, type Fpu, isMain, isV8 } from "../profiles/profile.ts";

const FPU_DECODERS: Readonly<Record<Fpu, Wide>> = {
  none: withoutFpu,
  "v4-single": coprocessor,
  "v5-single": fpv5(false),
  "v5-double": fpv5(true),
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
  const v7 = profile.dsp ? all : withoutDsp(all);
  const wide = isV8(profile) ? wideV8(v7, profile) : v7;
  const decode = isMain(profile) ? mainDecoder(wide) : baselineDecoder(profile.architecture, wide);
  if (!isV8(profile)) return decode;
  const v8 = decodeV8(decode, profile);
  return isMain(profile) ? limited(v8) : v8;
}

/** Whatever moves SP looks at its limit. */
const limited =
  (decode: Decode): Decode =>
  (hw1, second, pc, inIt) =>
    withLimits(decode(hw1, second, pc, inIt));
