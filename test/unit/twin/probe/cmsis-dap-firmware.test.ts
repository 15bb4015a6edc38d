import { describe, expect, it } from "vitest";
import { CMSIS_DAP_KINDS, type CmsisDapKind } from "../../../../src/twin/probe/cmsis-dap/cmsis-dap-identity.ts";
import { CmsisDapFirmware } from "../../../../src/twin/probe/cmsis-dap/cmsis-dap-firmware.ts";
import type { ApBus } from "../../../../src/twin/chip/debug/debug-port.ts";
import type { TargetWire } from "../../../../src/twin/probe/probe-model.ts";
import { SwdDp } from "../../../../src/twin/chip/debug/swd-dp.ts";
import { shiftThrough } from "../../../../src/twin/chip/debug/swd-shift.ts";

/** An access port whose registers keep what is written; DRW (0xC) counts its reads. */
class Registers implements ApBus {
  readonly words = new Map<number, number>();
  reads = 0;
  faultAt: number | undefined;

  read(_apsel: number, address: number) {
    if (address === this.faultAt) return "fault" as const;
    return address === 0xc ? 0x1000 + this.reads++ : (this.words.get(address) ?? 0);
  }

  write(_apsel: number, address: number, value: number) {
    if (address === this.faultAt) return "fault" as const;
    this.words.set(address, value);
    return 0;
  }

  abort(): void {}
}

class Bench implements TargetWire {
  readonly bus = new Registers();
  waits = 0;
  reset: 0 | 1 = 1;
  readonly firmware: CmsisDapFirmware;
  private readonly dp = new SwdDp(this.bus, { dpidr: 0x2ba01477 }, (exempt) =>
    !exempt && this.waits-- > 0 ? "wait" : undefined,
  );

  constructor(kind: CmsisDapKind = CMSIS_DAP_KINDS["cmsis-dap"]) {
    this.firmware = new CmsisDapFirmware(this, kind, "0123");
  }

  shift(shift: Parameters<TargetWire["shift"]>[0]): void {
    shiftThrough(this.dp, shift);
  }

  setReset(level: 0 | 1): void {
    this.reset = level;
  }

  resetLevel(): 0 | 1 {
    return this.reset;
  }

  vtrefMv(): number {
    return 3300;
  }

  /** Sends packets in hex, answers the last answer in hex. */
  ask(...packets: string[]): string {
    const answers = packets.flatMap((packet) => this.firmware.onOut(Buffer.from(packet.replaceAll(" ", ""), "hex"), 0));
    return Buffer.from(answers.at(-1)?.bytes ?? []).toString("hex");
  }

  /** Connects, switches to SWD, reads DPIDR, powers up. */
  connect(): this {
    this.waits = 0;
    this.ask("0201", `1288 ${"ff".repeat(7)} 9ee7 ${"ff".repeat(7)} 00`, "05000102", "05000108 00000000");
    this.ask("050001 04 00000050");
    return this;
  }
}

describe("CMSIS-DAP firmware: DAP_Info", () => {
  it.each([
    ["0004", "0006322e312e3100"],
    ["00f0", "000115"],
    ["00fe", "000104"],
    ["00ff", "00024000"],
    ["0005", "0000"],
  ])("answers %s with %s", (packet, answer) => expect(new Bench().ask(packet)).toBe(answer));

  it("pads a report with zeros", () =>
    expect(new Bench(CMSIS_DAP_KINDS["cmsis-dap-v1"]).ask("00fe")).toBe(`000104${"00".repeat(61)}`));
});

describe("CMSIS-DAP firmware: commands", () => {
  it("answers an unknown command with a single 0xFF", () => expect(new Bench().ask("15")).toBe("ff"));
  it("does not answer DAP_TransferAbort", () => expect(new Bench().ask("07")).toBe(""));
  it("selects SWD as default port and refuses JTAG", () => {
    expect(new Bench().ask("0200")).toBe("0201");
    expect(new Bench().ask("0202")).toBe("0200");
  });
  it("executes no transfer before a port is selected", () => expect(new Bench().ask("05000102")).toBe("050000"));
  it("refuses a clock of 0 Hz", () => expect(new Bench().ask("1100000000")).toBe("11ff"));
  it("shows the reset line in its pins", () => {
    const bench = new Bench();
    expect(Number.parseInt(bench.ask("10 00 80 00000000").slice(2), 16) & 0x80).toBe(0);
    expect(Number.parseInt(bench.ask("10 80 80 00000000").slice(2), 16) & 0x80).toBe(0x80);
  });
  it("executes several commands of one atomic packet", () =>
    expect(new Bench().ask("7f02 00fe 0a")).toBe("7f020001040a0000"));
  it("holds queued packets until another packet arrives", () => {
    const bench = new Bench();
    expect(bench.ask("7e01 00fe")).toBe("");
    expect(bench.firmware.onOut(Uint8Array.of(0x00, 0xfe), 0).length).toBe(2);
  });
});

describe("CMSIS-DAP firmware: transfers", () => {
  it("reads DPIDR", () => expect(new Bench().connect().ask("05000102")).toBe("0501017714a02b"));

  it("answers AP reads with their own values", () =>
    expect(new Bench().connect().ask("050003 0f0f0f")).toBe("050301001000000110000002100000"));

  it("fetches a posted value before the next transfer of another kind", () => {
    const bench = new Bench().connect();
    expect(bench.ask("050004 0f 05 78563412 07 0f")).toBe("050401001000007856341201100000");
  });

  it("reads a block of one register without losing a value", () =>
    expect(new Bench().connect().ask("060003000f")).toBe("06030001001000000110000002100000"));

  it("retries WAIT as often as configured and then reports WAIT with the transfers done", () => {
    const bench = new Bench().connect();
    bench.ask("0400 0200 0000");
    bench.waits = 2;
    expect(bench.ask("050001 0f")).toBe("05010100100000");
    bench.waits = 3;
    expect(bench.ask("050001 0f")).toBe("050002");
  });

  it("reports a fault in the packet of the write that caused it", () => {
    const bench = new Bench().connect();
    bench.bus.faultAt = 0xc;
    expect(bench.ask("050001 0d 01000000")).toBe("050104");
    expect(bench.ask("050001 06")).toMatch(/^050101..0000f0$/);
  });

  it("matches a masked value and reports a mismatch when it does not come", () => {
    const bench = new Bench().connect();
    bench.ask("0400 0000 0400");
    expect(bench.ask("050002 20 ffff0000 1f 02100000")).toBe("050201");
    expect(bench.ask("050002 20 ffff0000 1f 02000000")).toBe("050111");
  });

  it("skips the words of cancelled transfers so that an atomic packet stays readable", () => {
    const bench = new Bench().connect();
    bench.waits = 1000;
    bench.ask("0400 0000 0000");
    expect(bench.ask("7f02 050002 05 11111111 05 22222222 00fe")).toBe("7f02050002000104");
  });

  it("captures SWDIO before the edge: ACK is one clock later than on a J-Link", () => {
    const bench = new Bench().connect();
    expect(bench.ask("1d 03 08a5 81 83")).toBe("1d000101");
  });
});
