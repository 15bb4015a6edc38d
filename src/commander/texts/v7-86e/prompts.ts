/** One prompt of `connect`: what is printed before the prompt, and the prompt itself, behind which the answer stands. */
export interface Prompt {
  readonly lines: readonly string[];
  readonly prompt: string;
}

/** Which device it is; J-Link proposes the one used last behind `<Default>: ` [L V6 on], and here none is proposed. */
export const devicePrompt = (): Prompt => ({
  lines: ["Please specify device / core.", "Type '?' for selection dialog"],
  prompt: "Device>",
});

/** Which wire [L V6 on]; J-Link marks the one used last, which here is SWD always. */
export const wirePrompt = (): Prompt => ({
  lines: ["Please specify target interface:", "  J) JTAG", "  S) SWD (Default)", "  T) cJTAG"],
  prompt: "TIF>",
});

/** How fast, in kHz [L V6 on]. */
export const speedPrompt = (khz: number): Prompt => ({
  lines: [`Specify target interface speed [kHz]. <Default>: ${khz} kHz`],
  prompt: "Speed>",
});
