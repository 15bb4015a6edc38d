/** A shell script that stands where J-Link's own program would, and runs ours in its place. */
export const commanderScript = (node: string, program: string): string => `#!/bin/sh
# Flashproof's stand-in for J-Link Commander; it is no SEGGER software.
exec ${quoted(node)} ${quoted(program)} commander "$@"
`;

/** The same for J-Link's GDB server. */
export const gdbServerScript = (node: string, program: string): string => `#!/bin/sh
# Flashproof's stand-in for J-Link GDB Server; it is no SEGGER software.
exec ${quoted(node)} ${quoted(program)} jlink-gdbserver "$@"
`;

/** One word of a shell, whatever it holds. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The same for Windows; a percent sign in a path would begin a variable's name. */
export const commanderBatch = (node: string, program: string): string =>
  [
    "@echo off",
    "rem Flashproof's stand-in for J-Link Commander; it is no SEGGER software.",
    `"${node.replaceAll("%", "%%")}" "${program.replaceAll("%", "%%")}" commander %*`,
    "",
  ].join("\r\n");
