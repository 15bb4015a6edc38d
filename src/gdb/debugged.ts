import type { CortexCore } from "../cortex/cortex-core.ts";
import type { Session } from "../session/session.ts";
import type { GdbHost, GdbOptions } from "./host.ts";
import type { News } from "./news.ts";
import type { Points } from "./points.ts";
import type { RtosThreads } from "./rtos/threads.ts";
import type { GdbSemihosting } from "./semihosting/semihosting.ts";
import type { Stop } from "./stop.ts";

/** What run control and downloads work on: the target, the client's points, and where what they find out goes. */
export interface Debugged {
  readonly session: Session;
  readonly core: CortexCore;
  readonly host: GdbHost;
  readonly options: GdbOptions;
  readonly points: Points;
  readonly semihosting: GdbSemihosting;
  readonly threads: RtosThreads;
  /** Lines that the client is to see at its next chance. */
  readonly news: News;
  /** Why the core stands; undefined until it was asked for. */
  stop: Stop | undefined;
  /** Prints lines on the console, keeps them for `monitor why`, and has the first one ready for the client. */
  report(lines: readonly string[]): void;
  /** Resets the chip and halts it before its first instruction; a chip that comes up locked throws `target-locked`. */
  resetAndHalt(): Promise<Stop>;
}
