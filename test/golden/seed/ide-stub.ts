/** What an IDE has to program, and what it runs for that. */
export interface IdeAction {
  readonly file: string;
  /** As the IDE stamps it: `Tue Apr 04 09:53:26 CEST 2023`. */
  readonly date: string;
  /** Runs the Commander; answers what it printed on stdout, and its exit code. */
  readonly run: () => Promise<{ readonly out: string; readonly exit: number }>;
}

/**
 * Stands in for MCUXpresso's flash action: it prints its own words, passes the Commander's stdout on without its empty
 * lines, and judges by nothing but the exit code.
 */
export async function flashAction({ file, date, run }: IdeAction): Promise<readonly string[]> {
  const { out, exit } = await run();
  return [
    `Executing flash operation 'Program' (Program executable into flash ${file}) - ${date}`,
    "Checking MCU info...",
    "Scanning for targets...",
    "Executing flash action...",
    ...out.split("\n").filter((line) => line.trim() !== ""),
    ...(exit === 0 ? [] : ["Unable to perform operation!", `Command failed with exit code ${exit}`]),
  ];
}
