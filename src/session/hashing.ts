import type { Io } from "../base/clock.ts";
import type { Chip } from "../chips/chip.ts";
import type { Sector } from "../chips/sectors.ts";
import { familyOf } from "../families/list.ts";
import { sectorGuesses } from "../flash/hash/guesses.ts";
import { HashRun } from "../flash/hash/hash-run.ts";
import type { KeptTarget } from "../flash/kept/kept-target.ts";
import { type Proof, prove } from "../flash/hash/proven-memory.ts";
import { atOwnAddresses } from "../flash/plan/named-banks.ts";
import type { Image } from "../image/image.ts";
import { effectiveImage, type Policy } from "../protection/effective-image.ts";
import type { Session } from "./session.ts";

/**
 * What proves flash by checks that code on the halted core counts; undefined in families whose core may see other bytes
 * than the cells hold. RAM and registers that it uses are kept where that is given, for its owner to give back.
 */
export function hashRunOn(session: Session, kept: KeptTarget | undefined): HashRun | undefined {
  const { core, chip, clock } = session;
  const halted = { core, chip, clock };
  const preparation = familyOf(chip)?.beforeHash?.(halted);
  const mend = preparation?.code === undefined ? undefined : (io: Io) => session.afterHalt(io);
  return preparation && HashRun.on({ ...halted, kept, preparation, ...(mend && { mend }) });
}

/** What the checks say of the job's sectors against what they are to hold. */
export async function proveImage(
  hash: HashRun,
  { image, policy }: { readonly image: Image; readonly policy: Policy },
  sectors: readonly Sector[],
  chip: Chip,
  io: Io,
): Promise<readonly Proof[]> {
  const wanted = effectiveImage(atOwnAddresses(image, chip), chip, policy).image;
  return prove(hash, sectorGuesses(wanted, sectors, chip), io);
}
