import type { FlashCommand } from "./ftfe-command.ts";
import { PGMCHK, RD1ALL, RD1BLK, RD1SEC, RDRSRC } from "./ftfe-read-commands.ts";
import { PGMONCE, RDONCE, SWAP, VFYKEY } from "./ftfe-special-commands.ts";
import { ERSALL, ERSBLK, ERSSCR, MASS_ERASE, PGM8, PGMSEC } from "./ftfe-write-commands.ts";

/** Every command that FCCOB0 can name on the K24; a code that isn't here sets ACCERR (so do 49, 80 and 81). */
const FLASH_COMMANDS: readonly FlashCommand[] = [
  RD1BLK,
  RD1SEC,
  PGMCHK,
  RDRSRC,
  PGM8,
  ERSBLK,
  ERSSCR,
  PGMSEC,
  RD1ALL,
  RDONCE,
  PGMONCE,
  ERSALL,
  VFYKEY,
  SWAP,
];

/** The command with a given code, the MDM-AP's own included; undefined where the K24 has none. */
export const flashCommand = (code: number): FlashCommand | undefined =>
  code === MASS_ERASE.code ? MASS_ERASE : FLASH_COMMANDS.find((command) => command.code === code);
