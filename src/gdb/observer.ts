import { codeOf } from "../base/errors.ts";
import type { CortexCore } from "../cortex/cortex-core.ts";
import { DWT_PCSR } from "../registers/dwt.ts";
import type { Session } from "../session/session.ts";
import type { SharedTarget } from "../session/sharing/shared-target.ts";
import type { GdbHost } from "./host.ts";
import type { Points } from "./points.ts";

/** What PCSR reads as while the core is halted. */
const NO_SAMPLE = 0xffffffff;

/** A client that looks at a target which another one debugs; it never stops the core. */
export class Observer {
  readonly session: Session;
  readonly host: GdbHost;
  /** The debugger's breakpoints, which this client's reads don't show. */
  readonly points: Pick<Points, "hide">;
  private readonly shared: SharedTarget;

  constructor(session: Session, host: GdbHost, points: Pick<Points, "hide">) {
    this.session = session;
    this.host = host;
    this.points = points;
    this.shared = session.share("view");
  }

  /** The core, for reads; throws `target-locked`. */
  get core(): CortexCore {
    return this.shared.core;
  }

  /** Where the core executes: a sample of a running core, the register of a halted one. */
  async pc(): Promise<number> {
    const [sample] = await this.core.memory.run([{ op: "read", address: DWT_PCSR.address, width: 32 }]);
    if (sample !== NO_SAMPLE) return (sample & ~1) >>> 0;
    return this.core.readRegisters(["PC"]).then(
      ([pc]) => pc,
      (error: unknown) => (codeOf(error) === "core-not-halted" ? 0 : Promise.reject(error)),
    );
  }

  /** Ends the client's part in the target. */
  release(): void {
    this.shared.release();
  }
}
