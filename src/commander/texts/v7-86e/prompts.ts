/** One prompt of `connect`: what is printed before the prompt, and the prompt itself, behind which the answer stands. */
export interface Prompt {
  readonly lines: readonly string[];
  readonly prompt: string;
}

/** Which device it is [L V6 on]. */
export const devicePrompt = (last: string): Prompt => ({
  lines: [`Please specify device / core. <Default>: ${last}`, "Type '?' for selection dialog"],
  prompt: "Device>",
});

/** Which wire; the first letter counts [L V6 on]. */
export const wirePrompt = (): Prompt => ({
  lines: ["Please specify target interface:", "  J) JTAG (Default)", "  S) SWD", "  T) cJTAG"],
  prompt: "TIF>",
});

/** How fast, in kHz [L V6 on]. */
export const speedPrompt = (khz: number): Prompt => ({
  lines: [`Specify target interface speed [kHz]. <Default>: ${khz} kHz`],
  prompt: "Speed>",
});
