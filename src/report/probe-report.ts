import type { Json } from "../base/errors.ts";
import type { ProbeInfo } from "../probe/probe.ts";

/** A probe in one line: product, serial, firmware, hardware. */
export const nameOf = ({ product, serial, firmware, hardware }: ProbeInfo): string =>
  [product, serial, firmware, hardware].filter((part) => part !== undefined && part !== "").join("  ");

/** A probe as `--json` prints it. */
export const probeJson = ({ driver, product, serial, firmware, hardware, licenses }: ProbeInfo): ProbeFacts => ({
  driver,
  product,
  serial,
  firmware,
  ...(hardware === undefined ? {} : { hardware }),
  licenses: [...(licenses ?? [])],
});

type ProbeFacts = { readonly [key: string]: Json };
