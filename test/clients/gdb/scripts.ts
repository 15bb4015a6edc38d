/** What every session begins with: no prompts, no pages, and the program's symbols. */
export const opening = (elf: string, port: number): readonly string[] => [
  "set pagination off",
  "set confirm off",
  "set remotetimeout 20",
  `file ${elf}`,
  `target extended-remote 127.0.0.1:${port}`,
];

/** Registers of a trace line, in this order; the status register's name differs from server to server. */
const traced = (xpsr: string) => ["pc", xpsr, "sp", "lr", ...Array.from({ length: 13 }, (_, n) => `r${n}`)];

/** Loads a program into RAM, sets every register, and prints one line a step. */
export function stepping(steps: number, xpsr: string): readonly string[] {
  const names = traced(xpsr);
  const values = names.map((name) => `$${name}`).join(", ");
  return [
    "load",
    ...names.slice(3).map((name) => `set $${name} = 0`),
    "set $sp = 0x20010000",
    `set $${xpsr} = 0x01000000`,
    "set $pc = start",
    "set $step = 0",
    `while $step < ${steps}`,
    "stepi",
    `printf "T${" %08x".repeat(names.length)}\\n", ${values}`,
    "set $step = $step + 1",
    "end",
    ...["s0", "s1", "s14", "s15", "fpscr"].map((name) => `printf "F %.9g\\n", $${name}`),
  ];
}

/** The lines of a trace, and the floats printed after the last one. */
export const traceIn = (output: string): { readonly steps: readonly string[]; readonly floats: readonly string[] } => ({
  steps: output.match(/^T( [0-9a-f]{8}){17}$/gm) ?? [],
  floats: output.match(/^F .*$/gm) ?? [],
});
