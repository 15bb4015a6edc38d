import { describe, expect, it } from "vitest";
import { BatchProgress } from "../../../src/probe/swd/batch-progress.ts";
import type { SwdTransfer } from "../../../src/probe/swd/swd-transfer.ts";

const ABORT: SwdTransfer = { reg: { port: "dp", a: 0x0 }, word: 0x1e, op: 0 };
const DRW: SwdTransfer = { reg: { port: "ap", a: 0xc }, word: 1, op: 1 };

describe("error of a batch", () => {
  const failure = (transfers: readonly SwdTransfer[], failed: number, ack: "fault" | "wait") =>
    new BatchProgress(0).failure(transfers, failed, ack);

  it("names the transfer that failed", () =>
    expect(failure([ABORT, DRW], 1, "wait")).toMatchObject({ code: "dap-wait", opIndex: 1 }));
  it("attributes a FAULT to the AP access before it", () =>
    expect(failure([ABORT, DRW, ABORT], 2, "fault")).toMatchObject({ code: "dap-fault", opIndex: 1 }));
  it("attributes a FAULT behind the last transfer to that transfer where no AP was accessed", () =>
    expect(failure([ABORT], 1, "fault")).toMatchObject({ code: "dap-fault", opIndex: 0 }));
});
