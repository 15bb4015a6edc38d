import type { Clock, Io } from "../../base/clock.ts";
import type { u32 } from "../../base/u32.ts";
import { DPIDR } from "../../registers/dp.ts";
import type { DapPort, DapReg, LineRun } from "../probe.ts";
import { BatchPort } from "../swd/batch-port.ts";
import type { BatchProgress } from "../swd/batch-progress.ts";
import { READ_CTRL_STAT } from "../swd/overrun.ts";
import { LINE_RESET, targetselRuns } from "../swd/sequences.ts";
import type { SwdResponse } from "../swd/swd-transfer.ts";
import type { RunResult, TransferRun, TransferLink } from "../swd/transfer-link.ts";
import { MAX_SEQUENCE, SWJ_SEQUENCE, WRITE_ABORT } from "./commands.ts";
import { joinRows, rowPackets, SWD_SEQUENCE } from "./swd-sequence.ts";
import type { DapLink } from "./dap-link.ts";
import { readsPerTransfer } from "./packets.ts";
import { runPackets } from "./packet-queue.ts";
import { TRANSFER } from "./transfer.ts";

const DPIDR_REG: DapReg = { port: "dp", a: DPIDR.address as 0x0 };

/**
 * Transfers in packets that the probe clocks by itself, several under way at a time.
 *
 * A probe stops only within its packet, so the packets behind a failure rely on overrun detection, with the data phases
 * that it wants and without retries in the probe.
 */
class CmsisDapLink implements TransferLink {
  readonly posted = "by the probe";
  readonly transfersPerRoundTrip: number;
  readonly pollsPerRoundTrip: number;
  private readonly link: DapLink;

  constructor(link: DapLink) {
    this.link = link;
    this.pollsPerRoundTrip = readsPerTransfer(link.limits);
    this.transfersPerRoundTrip = this.pollsPerRoundTrip * link.limits.count;
  }

  send(run: TransferRun, progress: BatchProgress): Promise<RunResult> {
    return runPackets(this.link, run, progress);
  }

  async readFlags(): Promise<SwdResponse> {
    const { ack, words } = await this.link.transact(TRANSFER, {}, [READ_CTRL_STAT]);
    return { ack, word: words[0] ?? 0 };
  }

  async abort(word: u32): Promise<void> {
    await this.link.transact(WRITE_ABORT, {}, word);
  }

  async resynchronise(targetsel: u32 | undefined): Promise<void> {
    await this.link.transact(SWJ_SEQUENCE, {}, LINE_RESET.bits, LINE_RESET.count);
    if (targetsel !== undefined) await this.clockRuns(targetselRuns(targetsel), {});
    await this.link.transact(TRANSFER, {}, [{ reg: DPIDR_REG, op: 0 }]);
  }

  async clockOut(bits: Uint8Array, count: number, io: Io): Promise<void> {
    for (let at = 0; at < count; at += MAX_SEQUENCE) {
      const part = bits.subarray(at / 8, (at + MAX_SEQUENCE) / 8);
      await this.link.transact(SWJ_SEQUENCE, io, part, Math.min(MAX_SEQUENCE, count - at));
    }
  }

  async clockRuns(runs: readonly LineRun[], io: Io): Promise<readonly Uint8Array[]> {
    const captured: Uint8Array[] = [];
    for (const rows of rowPackets(runs, this.link.limits))
      captured.push(...(await this.link.transact(SWD_SEQUENCE, io, rows)));
    return joinRows(runs, captured);
  }
}

/** A debug port behind CMSIS-DAP. */
export const cmsisDapPort = (link: DapLink, clock: Clock): DapPort => new BatchPort(new CmsisDapLink(link), clock);
