import { describe, expect, it } from "vitest";
import { MILLISECOND, SECOND } from "../../../../src/base/clock.ts";
import { blank, FCCOB, FPROT, FSEC, FSTAT, type Lab, lab, MDM } from "./lab.ts";

const OK = 0x80;
const ACCERR = 0xa0;
const SYSRESETREQ = 0x05fa0004;
const AIRCR = 0xe000ed0c;

/** Programs the FCF phrase at 0x408 after an erase of sector 0. */
function setFcf(bench: Lab, fsec: number, fprot = 0xffffffff): Lab {
  bench.command(0x09, 0);
  bench.program(0x408, fprot, (0xffffff00 | fsec) >>> 0);
  return bench;
}

/** A chip that has come up with the given FSEC. */
const withFsec = (fsec: number, fprot?: number): Lab => setFcf(lab(), fsec, fprot).powerCycle();

const massErase = (bench: Lab): Lab => {
  bench.control = 1;
  return bench.wait(SECOND);
};

describe("new board", () => {
  it("is blank but for 0x40C = 0xFE, and unsecured", () => {
    const bench = lab();
    expect(bench.flash(0x400, 16)).toEqual([...blank(12), 0xfe, ...blank(3)]);
    expect(bench.status & 0x2f).toBe(0x2a);
  });

  it("is blank, secured and mass erase is possible when created as locked", () => {
    const bench = lab({ locked: true });
    expect(bench.flash(0x400, 16)).toEqual(blank(16));
    expect(bench.status & 0x2f).toBe(0x2e);
  });
});

describe("FSEC", () => {
  it.each([
    ["0xFE", "0x2A", "factory: open"],
    ["0x7A", "0x2A", "the seed's chip: open"],
    ["0x7B", "0x2E", "the seed's image: secured, mass erase enabled"],
    ["0x54", "0x2E", "SEC = 0b00: secured"],
    ["0xEF", "0x0E", "MEEN = 0b10 and secured: for ever"],
    ["0x64", "0x0E", "MEEN = 0b10, KEYEN = 0b01: for ever"],
    ["0xBF", "0x6E", "KEYEN = 0b10: backdoor enabled"],
    ["0xEE", "0x2A", "MEEN = 0b10 does not matter while open"],
  ] as const)("%s gives MDM-AP Status %s: %s", (fsec, status, _) => {
    expect(withFsec(Number(fsec)).status & 0x6f).toBe(Number(status));
  });

  it("secures the chip for every value whose SEC bits are not 0b10", () => {
    for (let fsec = 0; fsec < 256; fsec += 5) expect((withFsec(fsec).status & 4) !== 0).toBe((fsec & 3) !== 2);
  });

  it("takes effect at the next reset, not when 0x40C is programmed or erased", () => {
    const bench = setFcf(lab(), 0x7b);
    expect(bench.read(FSEC, 1)).toBe(0xfe);
    bench.tryWrite(AIRCR, SYSRESETREQ);
    bench.wait(MILLISECOND);
    expect(bench.status & 4).toBe(4);
    expect(bench.tryRead(0)).toBe("fault");
  });

  it("is not reloaded by VECTRESET", () => {
    const bench = setFcf(lab(), 0x7b);
    bench.write(AIRCR, 0x05fa0001);
    expect(bench.wait(MILLISECOND).status & 4).toBe(0);
  });
});

describe("flash configuration field transitions", () => {
  it("1: sector 0 erased and reset before 0x40C is programmed: secured, mass erase enabled", () => {
    const bench = lab();
    bench.command(0x09, 0);
    expect(bench.powerCycle().status & 0x6f).toBe(0x2e);
  });

  it("2: ERSALL unsecures the register and leaves 0xFF, which secures at the next reset", () => {
    const bench = lab();
    bench.command(0x44, 0);
    expect(bench.read(FSEC, 1) & 3).toBe(2);
    expect(bench.powerCycle().status & 0x6f).toBe(0x2e);
  });

  it("2: stays unsecured when the phrase is programmed right after ERSALL, as NXP's EraseChip does", () => {
    const bench = lab();
    bench.command(0x44, 0);
    bench.program(0x408, 0xffffffff, 0xfffffffe);
    expect(bench.powerCycle().status & 0x6f).toBe(0x2a);
  });

  it("3: mass erase leaves 0xFF and 0x40C = 0xFE whatever FPROT is, and stays unsecured over resets", () => {
    const bench = massErase(withFsec(0x7b, 0xfffffffe));
    expect(bench.flash(0x400, 16)).toEqual([...blank(12), 0xfe, ...blank(3)]);
    expect(bench.status & 4).toBe(0);
    expect(bench.powerCycle().status & 4).toBe(0);
  });

  it("4: the right backdoor key unsecures the register only", () => {
    const bench = withKey();
    expect(bench.command(0x45, 0, 0x00010203, 0x04050607)).toBe(OK);
    expect(bench.read(FSEC, 1)).toBe(0xbe);
    bench.wait(MILLISECOND);
    expect(bench.powerCycle().read(FSEC, 1)).toBe(0xbe);
  });
});

/** A chip with KEYEN = 0b10, left open so that a debugger can issue VFYKEY, and the key 00 01 ... 07. */
function withKey(): Lab {
  const bench = lab();
  bench.command(0x09, 0);
  bench.program(0x400, 0x03020100, 0x07060504);
  bench.program(0x408, 0xffffffff, 0xffffffbe);
  return bench.powerCycle();
}

describe("VFYKEY", () => {
  it("is refused while KEYEN is not 0b10", () => {
    expect(lab().command(0x45, 0, 0x00010203, 0x04050607)).toBe(ACCERR);
  });

  it("is refused after one wrong key until the next reset", () => {
    const bench = withKey();
    expect(bench.command(0x45, 0, 0x00010203, 0x04050600)).toBe(ACCERR);
    expect(bench.command(0x45, 0, 0x00010203, 0x04050607)).toBe(ACCERR);
    expect(bench.powerCycle().command(0x45, 0, 0x00010203, 0x04050607)).toBe(OK);
  });

  it("refuses a key of all ones", () => {
    expect(withFsec(0xbe).command(0x45, 0, 0xffffffff, 0xffffffff)).toBe(ACCERR);
  });
});

describe("MDM-AP", () => {
  it("has IDR 0x001C0000", () => {
    expect(lab().ap(1).read(MDM.IDR)).toBe(0x001c0000);
  });

  it("flow (a): mass erase requested with the reset pin low is acknowledged, runs and unsecures", () => {
    const bench = lab({ locked: true });
    bench.chip.setResetPin(0, bench.now);
    expect(bench.wait(MILLISECOND).status & 0x2f).toBe(0x26);
    bench.control = 1;
    expect(bench.status & 1).toBe(1);
    bench.wait(869 * MILLISECOND);
    expect(bench.control & 1).toBe(1);
    bench.wait(MILLISECOND);
    expect(bench.control & 1).toBe(0);
    bench.chip.setResetPin(1, bench.now);
    expect(bench.wait(MILLISECOND).status & 0x2e).toBe(0x2a);
    expect(bench.read(0x40c)).toBe(0xfffffffe);
  });

  it("does not acknowledge a mass erase request with MEEN = 0b10, and keeps the request until reset", () => {
    const bench = massErase(withFsec(0xef));
    expect(bench.control & 1).toBe(1);
    expect(bench.status & 1).toBe(0);
    expect(bench.flash(0x40c, 1)).toEqual([0xef]);
    bench.control = 0;
    expect(bench.control & 1).toBe(1);
    bench.chip.setResetPin(0, bench.now);
    expect(bench.control & 1).toBe(0);
  });

  it("flow (b): core hold keeps the core in reset so that it halts before its first instruction", () => {
    const bench = lab();
    bench.control = 0x10;
    bench.write(AIRCR, SYSRESETREQ);
    bench.wait(MILLISECOND);
    expect(bench.status & 0x0e).toBe(0x0a);
    expect(bench.chip.cpu.state).toBe("reset");
    bench.write(0xe000edf0, 0xa05f0003);
    bench.control = 0;
    expect(bench.chip.cpu.state).toBe("halted");
    expect(bench.status >>> 16).toBe(1);
  });

  it("flow (c): system reset request holds the system in reset while it is 1", () => {
    const bench = lab();
    bench.control = 0x08;
    expect(bench.wait(MILLISECOND).status & 0x0e).toBe(0x02);
    bench.control = 0;
    expect(bench.wait(MILLISECOND).status & 0x0e).toBe(0x0a);
    expect(bench.read(0x4007f000, 2)).toBe(0x0800);
  });

  it("flow (c): works when the request is repeated during flash initialisation", () => {
    const bench = lab();
    bench.control = 0x08;
    bench.control = 0x08;
    expect(bench.wait(MILLISECOND).status & 0x08).toBe(0);
  });

  it("flow (d): a debug request during reset halts the core when reset is released", () => {
    const bench = lab();
    bench.chip.setResetPin(0, bench.now);
    bench.wait(MILLISECOND).control = 0x14;
    bench.chip.setResetPin(1, bench.now);
    bench.wait(MILLISECOND).control = 0x04;
    expect(bench.status >>> 16).toBe(1);
  });

  it("ignores all requests but mass erase while secure", () => {
    const bench = lab({ locked: true });
    bench.control = 0x1e;
    expect(bench.control).toBe(0);
    expect(bench.wait(MILLISECOND).status & 0x08).toBe(0x08);
  });

  it("sets FCNFG.ERSAREQ during the mass erase", () => {
    const bench = lab();
    bench.control = 1;
    expect(bench.read(FSTAT + 1, 1)).toBe(0x26);
    expect(bench.fstat).toBe(0);
  });

  it("leaves the flash half erased after a reset during the mass erase", () => {
    const bench = setFcf(lab(), 0x7b).powerCycle();
    bench.control = 1;
    bench.wait(400 * MILLISECOND);
    bench.chip.setResetPin(0, bench.now);
    expect(bench.wait(MILLISECOND).control).toBe(0);
    expect(bench.status & 4).toBe(4);
  });
});

describe("FPROT and security", () => {
  it("a chip that protects itself is freed by mass erase only", () => {
    const bench = withFsec(0xfe, 0x00000000);
    expect(bench.read(FPROT)).toBe(0);
    expect(bench.command(0x09, 0)).toBe(0x90);
    expect(bench.command(0x44, 0)).toBe(0x90);
    massErase(bench).powerCycle();
    expect(bench.read(FPROT)).toBe(0xffffffff);
  });

  it("registers show the values loaded at reset, not the flash content", () => {
    const bench = setFcf(lab(), 0xfe, 0x0000ffff);
    expect(bench.read(FPROT)).toBe(0xffffffff);
    bench.powerCycle();
    expect(bench.read(FPROT)).toBe(0x0000ffff);
    expect(bench.read(FCCOB)).toBe(0);
  });
});
