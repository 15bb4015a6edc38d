/** How `RSetType` numbers and names the reset of a Cortex-M (UM08001 V6.22, 5.9.2). */
export interface ResetType {
  readonly number: number;
  readonly name: string;
  readonly help: string;
  /** What pulls the reset. */
  readonly by: "SYSRESETREQ" | "VECTRESET" | "pin";
  /** What is done when the core has halted behind it. */
  readonly behind?: "watchdog-off";
}

/** The reset types that Flashproof can do; 0 is the default [L V7.86e; the others' wording is (unsure)]. */
export const RESET_TYPES: readonly ResetType[] = [
  { number: 0, name: "NORMAL", help: "Resets core & peripherals via SYSRESETREQ & VECTRESET bit.", by: "SYSRESETREQ" },
  { number: 1, name: "CORE", help: "Resets core via VECTRESET bit.", by: "VECTRESET" },
  { number: 2, name: "RESETPIN", help: "Resets core & peripherals via RESET pin.", by: "pin" },
  { number: 3, name: "CONNECT_UNDER_RESET", help: "Resets core & peripherals via RESET pin.", by: "pin" },
  {
    number: 6,
    name: "KINETIS",
    help: "Resets core & peripherals via SYSRESETREQ, disables the watchdog.",
    by: "SYSRESETREQ",
    behind: "watchdog-off",
  },
  { number: 8, name: "CORE_AND_PERIPHERALS", help: "Resets core & peripherals via SYSRESETREQ.", by: "SYSRESETREQ" },
];

/** The types that only other chips have a use for, and what each would do (UM08001 V6.22, 5.9.2). */
export const FOREIGN_RESET_TYPES: ReadonlyMap<number, string> = new Map([
  [4, "halts behind a bootloader in ROM"],
  [5, "halts before a bootloader in ROM"],
  [7, "halts behind the kernel of an ADI chip"],
  [9, "is for NXP's LPC1200"],
  [10, "is for Samsung's S3FN60D"],
]);

/** What `r` and `rx` print first [L V7.86e]. */
export const resetStart = (delayMs: number, type: ResetType): readonly string[] => [
  `Reset delay: ${delayMs} ms`,
  ...resetType(type),
];

/** The description of a reset type, also the answer to `RSetType` (unsure there). */
export const resetType = (type: ResetType): readonly string[] => [`Reset type ${type.name}: ${type.help}`];

/** How a reset proceeds, also the implicit one before a download; only one that halts has the first line [L V7.86e]. */
export const resetSteps = (by: ResetType["by"], halts = true): readonly string[] => [
  ...(halts ? ["Reset: Halt core after reset via DEMCR.VC_CORERESET."] : []),
  by === "pin" ? "Reset: Reset device via reset pin" : `Reset: Reset device via AIRCR.${by}.`,
];

/** A chip's own step after a reset [L V7.86e; other logs of V7.8 print `start` and `end - Took 8.29ms`]. */
export const afterResetTarget = (): readonly string[] => ["AfterResetTarget()"];

/** The reset that comes by itself before a download or an erase; `command` as the user typed it [L V7.86e]. */
export const implicitReset = (command: string): readonly string[] => [
  `'${command}': Performing implicit reset & halt of MCU.`,
];

/** A core that a reset or a halt couldn't stop [L V7]. */
export const notHalted = (): readonly string[] => ["WARNING: CPU could not be halted"];

/** Our own words for a chip that has no watchdog of this family. */
export const wrongFamily = (): string => "Reset type 6 is for Kinetis chips; name yours with -Device";
