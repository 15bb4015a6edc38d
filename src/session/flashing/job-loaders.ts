import type { Chip } from "../../chips/chip.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import { FAMILIES } from "../../families/list.ts";
import { algorithmLoader } from "../../flash/algorithm/algorithm-runner.ts";
import { FlashError } from "../../flash/flash-error.ts";
import type { Loader, LoaderName } from "../../flash/loader.ts";
import type { Session } from "../session.ts";
import { tracedLoader } from "../traced.ts";

/** The loader of each bank of a job. */
export type LoaderFor = (bank: FlashBank) => Loader;

/** The loader of each bank, one for all banks of a controller or an algorithm; throws `no-loader` for a bank without one. */
export function loadersOf(session: Session, name: LoaderName): LoaderFor {
  const made = new Map<unknown, Loader>();
  const { trace } = session.found;
  const { core, chip, clock } = session;
  return (bank) => {
    const { controller, algorithm } = bank;
    const known = made.get(algorithm ?? controller?.registers);
    if (known) return known;
    const needs = { core, chip, bank, clock };
    const bare =
      algorithm && name === "ram"
        ? algorithmLoader(core, chip, clock, algorithm)
        : controller && !algorithm && forPartOf(chip, FAMILIES[controller.family].loaders[name](needs));
    if (!bare) throw noLoader(chip, bank);
    const loader = trace ? tracedLoader(bare, trace) : bare;
    made.set(algorithm ?? controller?.registers, loader);
    return loader;
  };
}

/** A pack's bank may be a part of what the family's controller has: an erase of everything would reach further. */
function forPartOf({ origin }: Chip, loader: Loader): Loader {
  if (origin === "own") return loader;
  const { eraseBank: _, ...rest } = loader;
  return rest;
}

const noLoader = ({ name }: Chip, { id, name: bankName }: FlashBank) =>
  new FlashError("no-loader", `Flashproof has no loader for the bank ${id} (${bankName}) of the ${name}`, {
    details: { chip: name, bank: id },
  });
