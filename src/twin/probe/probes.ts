import * as dap from "./cmsis-dap/cmsis-dap-model.ts";
import * as jlink from "./jlink/jlink-model.ts";
import type { ProbeKinds } from "./probe-kinds.ts";

/** The models of every kind of probe; a page loads one of them (`loadProbeKind`). */
export const PROBES: ProbeKinds = { jlink, dap };
