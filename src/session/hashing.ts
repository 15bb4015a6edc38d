import type { Io } from "../base/clock.ts";
import { familyOf } from "../families/list.ts";
import { HashRun } from "../flash/hash/hash-run.ts";
import type { Session } from "./session.ts";

/**
 * What proves flash by checks that code on the halted core counts; undefined in families whose core may see other bytes
 * than the cells hold.
 */
export function hashRunOn({ core, chip, clock }: Session, keepRam: boolean): HashRun | undefined {
  const before = familyOf(chip)?.beforeHash;
  if (!before) return undefined;
  const halted = { core, chip, clock };
  const prepare = (bytes: number, io: Io) => before(halted, bytes, io);
  return HashRun.on({ ...halted, keepRam, prepare });
}
