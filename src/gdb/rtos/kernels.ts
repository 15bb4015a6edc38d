import type { ElfFile } from "../../image/elf.ts";
import { FREERTOS } from "./freertos.ts";
import { KernelLayouts } from "./layout.ts";
import { MYNEWT } from "./mynewt.ts";
import { NUTTX } from "./nuttx.ts";
import { RTX5 } from "./rtx5.ts";
import type { Kernel } from "./thread.ts";
import { THREADX } from "./threadx.ts";
import { ZEPHYR } from "./zephyr.ts";

/** Kernels in the order in which they are looked for. */
const KERNELS: readonly Kernel[] = [FREERTOS, ZEPHYR, THREADX, RTX5, NUTTX, MYNEWT];

/** Every symbol that one of them wants. */
export const SYMBOLS: readonly string[] = [...new Set(KERNELS.flatMap(({ needs, also }) => [...needs, ...also]))];

/** The kernel whose symbols a firmware has. */
export const kernelWith = (has: (symbol: string) => boolean): Kernel | undefined =>
  KERNELS.find(({ needs }) => needs.every(has));

/** The layouts of all kernels' structures in an ELF file. Throws what `KernelLayouts.of` throws. */
export const layoutsIn = (elf: ElfFile): KernelLayouts =>
  KernelLayouts.of(
    elf,
    KERNELS.flatMap(({ structures }) => structures),
  );
