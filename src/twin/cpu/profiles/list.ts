import type { CoreType, CpuProfile } from "./profile.ts";
import { M0, M0_PLUS } from "./v6m.ts";
import { M3, M4, M4F, M7 } from "./v7m.ts";
import { M23, M33 } from "./v8m.ts";

/** Every core that the model knows, by its type. */
export const CPU_PROFILES: Readonly<Record<CoreType, CpuProfile>> = {
  M0,
  "M0+": M0_PLUS,
  M3,
  M4,
  M4F,
  M7,
  M23,
  M33,
};
