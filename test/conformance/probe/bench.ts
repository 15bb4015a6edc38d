import type { DebugPort } from "../../../src/adi/debug-port.ts";
import type { MemAp } from "../../../src/adi/mem-ap.ts";
import type { Clock } from "../../../src/base/clock.ts";
import type { CortexCore } from "../../../src/cortex/cortex-core.ts";
import type { DapPort, Probe } from "../../../src/probe/probe.ts";
import type { ProbeDevice } from "../../../src/probe/drivers.ts";

/** What the suite must know of the board that a probe is wired to, from the board's manuals. */
export interface BoardFacts {
  readonly dpidr: number;
  readonly apIdrs: readonly number[];
  readonly voltageMv: { readonly min: number; readonly max: number };
  /** RAM that a test may overwrite: at least 64 KiB. */
  readonly ram: number;
  /** An address at which the bus answers with an error, on a border of 4 KB. */
  readonly hole: number;
  readonly cpuid: number;
  /** Makes memory and core reachable where the chip does not offer them by itself. */
  calm?(dp: DebugPort): Promise<void>;
}

/** One probe on one board, opened for one test. */
export interface Bench {
  readonly probe: Probe;
  readonly clock: Clock;
  readonly device: CountedUsb;
}

/** The same, connected up to the core. */
export interface ConnectedBench extends Bench {
  readonly port: DapPort;
  readonly dp: DebugPort;
  readonly memory: MemAp;
  readonly core: CortexCore;
}

/** A device with its transfers or reports counted. */
export type CountedUsb = ProbeDevice & { readonly transfers: number };

const COUNTED: readonly PropertyKey[] = ["transferIn", "transferOut", "sendReport", "receive"];

/** Counts transfers without changing anything else about the device. */
export function counted(device: ProbeDevice): CountedUsb {
  let transfers = 0;
  return new Proxy(device, {
    get(target, key) {
      if (key === "transfers") return transfers;
      if (COUNTED.includes(key)) transfers++;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  }) as CountedUsb;
}
