import type { OptionSpec } from "../verb.ts";

/** Options of the verbs that can watch a simulated board's UART. */
export const UART_OPTIONS: readonly OptionSpec[] = [
  { flags: "--uart <where>", help: "stdout or a file: what a simulated board sends on its UART" },
  { flags: "--for <ms>", help: "how long to watch, in the board's own time (1000)" },
  { flags: "--until <text>", help: "stop watching as soon as the UART has said this" },
];
