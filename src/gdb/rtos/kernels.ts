import { FREERTOS } from "./freertos.ts";
import { RTX5 } from "./rtx5.ts";
import type { Kernel } from "./thread.ts";
import { THREADX } from "./threadx.ts";
import { ZEPHYR } from "./zephyr.ts";

/** Kernels in the order in which they are looked for. */
export const KERNELS: readonly Kernel[] = [FREERTOS, ZEPHYR, THREADX, RTX5];
