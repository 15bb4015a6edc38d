/** A breakpoint in code that is to stand when the core runs. */
export interface CodePoint {
  readonly address: number;
  /** A BKPT stands there already. */
  readonly isInFlash: boolean;
  /** A comparator can be set there. */
  readonly isReached: boolean;
  /** The sector that a BKPT there would change; undefined where none may stand. */
  readonly sector: number | undefined;
  /** When it was reached or set last; greater is later. */
  readonly used: number;
}

/** Which breakpoints have comparators, and which stand in flash. */
export interface Assignment {
  readonly comparators: readonly number[];
  readonly flash: readonly number[];
}

/**
 * Gives breakpoints their places. What stands in flash stays there, because it costs nothing; of the others the
 * comparators take those that can't stand in flash, and then those that were reached or set last, since these change most.
 * With `leaving`, that one gets a comparator, and of the sector that it leaves another one makes room, if there is any.
 */
export function assignPoints(points: readonly CodePoint[], capacity: number, leaving?: number): Assignment {
  const from = points.find(({ address }) => address === leaving)?.sector;
  const stays = (point: CodePoint) => point.isInFlash && point.sector !== undefined && point.address !== leaving;
  const rank = (point: CodePoint) => {
    if (point.address === leaving) return 0;
    if (!isFlexible(point)) return 1;
    return from !== undefined && point.sector === from ? 3 : 2;
  };
  const wanting = points.filter((point) => !stays(point) && point.isReached);
  const sorted = [...wanting].sort((one, other) => rank(one) - rank(other) || other.used - one.used);
  const comparators = sorted.slice(0, capacity).map(({ address }) => address);
  const flash = points.filter(({ address, sector }) => sector !== undefined && !comparators.includes(address));
  return { comparators, flash: flash.map(({ address }) => address).filter((address) => address !== leaving) };
}

const isFlexible = ({ sector }: CodePoint): boolean => sector !== undefined;
