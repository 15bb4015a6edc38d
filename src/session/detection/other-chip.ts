import type { Chip } from "../../chips/chip.ts";
import type { CoreIdentity } from "../../cortex/core.ts";
import type { ChipMatch } from "./match-chip.ts";
import { hasForeignPort, type ScannedPort } from "../locks/lock-source.ts";
import { SessionError } from "../session-error.ts";

/** What of a session tells whether its chip is the one that was named. */
interface Matched {
  readonly chip: Chip;
  readonly found: { readonly match: ChipMatch };
}

/** Throws `chip-mismatch` for a chip that says it is another one: nothing is erased on it. */
export function refuseOtherChip({ chip, found }: Matched): void {
  if (found.match === "no") throw mismatch(chip, "its identification registers say");
}

/** Throws `chip-mismatch` where the port that shows the chip's lock is another one on the target. */
export function refuseOtherPorts(scanned: ScannedPort, chip: Chip): void {
  if (hasForeignPort({ ...scanned, chip })) throw mismatch(chip, "its access ports say");
}

const mismatch = ({ name }: Chip, evidence: string): SessionError =>
  new SessionError("chip-mismatch", `The chip on the wire is not a ${name}: ${evidence} otherwise`, {
    details: { chip: name },
  });

/** Throws `chip-mismatch` where another processor was named than the one that answers; one that CPUID does not name is any. */
export function refuseOtherCore({ name }: Pick<CoreIdentity, "name">, named: string | undefined): void {
  if (named === undefined || name === named || !name.startsWith("Cortex-")) return;
  throw new SessionError("chip-mismatch", `The processor is a ${name}, not a ${named}`, { details: { chip: named } });
}
