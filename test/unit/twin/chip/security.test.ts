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

describe("boards", () => {
  it("a new one is blank but for 0x40C = FE, and open", () => {
    const bench = lab();
    expect(bench.flash(0x400, 16)).toEqual([...blank(12), 0xfe, ...blank(3)]);
    expect(bench.status & 0x2f).toBe(0x2a);
  });

  it("a locked one is blank altogether: secured, mass erase possible", () => {
    const bench = lab({ locked: true });
    expect(bench.flash(0x400, 16)).toEqual(blank(16));
    expect(bench.status & 0x2f).toBe(0x2e);
  });
});

describe("FSEC", () => {
  it.each([
    [0xfe, 0x2a, "factory: open"],
    [0x7a, 0x2a, "the seed's chip: open"],
    [0x7b, 0x2e, "the seed's image: secured, mass erase enabled"],
    [0x54, 0x2e, "SEC = 00: secured"],
    [0xef, 0x0e, "MEEN = 10 and secured: for ever"],
    [0x64, 0x0e, "MEEN = 10, KEYEN = 01: for ever"],
    [0xbf, 0x6e, "KEYEN = 10: backdoor enabled"],
    [0xee, 0x2a, "MEEN = 10 does not matter while open"],
  ])("%i comes up as MDM status %i: %s", (fsec, status, _) => {
    expect(withFsec(fsec).status & 0x6f).toBe(status);
  });

  it("secures for every value whose low bits are not 10", () => {
    for (let fsec = 0; fsec < 256; fsec += 5) expect((withFsec(fsec).status & 4) !== 0).toBe((fsec & 3) !== 2);
  });

  it("counts from the next reset on, not when 0x40C is programmed or erased", () => {
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

describe("transitions of the configuration field", () => {
  it("1: sector 0 erased and reset before 0x40C is programmed: secured, mass erase enabled", () => {
    const bench = lab();
    bench.command(0x09, 0);
    expect(bench.powerCycle().status & 0x6f).toBe(0x2e);
  });

  it("2: ERSALL opens the register and leaves FF, which secures at the next reset", () => {
    const bench = lab();
    bench.command(0x44, 0);
    expect(bench.read(FSEC, 1) & 3).toBe(2);
    expect(bench.powerCycle().status & 0x6f).toBe(0x2e);
  });

  it("2: unless the phrase is programmed right after it, as NXP's EraseChip does", () => {
    const bench = lab();
    bench.command(0x44, 0);
    bench.program(0x408, 0xffffffff, 0xfffffffe);
    expect(bench.powerCycle().status & 0x6f).toBe(0x2a);
  });

  it("3: mass erase leaves all FF but 0x40C = FE, whatever FPROT says, and stays open across resets", () => {
    const bench = massErase(withFsec(0x7b, 0xfffffffe));
    expect(bench.flash(0x400, 16)).toEqual([...blank(12), 0xfe, ...blank(3)]);
    expect(bench.status & 4).toBe(0);
    expect(bench.powerCycle().status & 4).toBe(0);
  });

  it("4: the right backdoor key opens the register only", () => {
    const bench = withKey();
    expect(bench.command(0x45, 0, 0x00010203, 0x04050607)).toBe(OK);
    expect(bench.read(FSEC, 1)).toBe(0xbe);
    bench.wait(MILLISECOND);
    expect(bench.powerCycle().read(FSEC, 1)).toBe(0xbe);
  });
});

/** A chip with KEYEN = 10, left open so that a debugger can issue VFYKEY, and the key 00 01 ... 07. */
function withKey(): Lab {
  const bench = lab();
  bench.command(0x09, 0);
  bench.program(0x400, 0x03020100, 0x07060504);
  bench.program(0x408, 0xffffffff, 0xffffffbe);
  return bench.powerCycle();
}

describe("VFYKEY", () => {
  it("is refused while KEYEN is not 10", () => {
    expect(lab().command(0x45, 0, 0x00010203, 0x04050607)).toBe(ACCERR);
  });

  it("is refused after one wrong key until the next reset", () => {
    const bench = withKey();
    expect(bench.command(0x45, 0, 0x00010203, 0x04050600)).toBe(ACCERR);
    expect(bench.command(0x45, 0, 0x00010203, 0x04050607)).toBe(ACCERR);
    expect(bench.powerCycle().command(0x45, 0, 0x00010203, 0x04050607)).toBe(OK);
  });

  it("takes no key of all ones", () => {
    expect(withFsec(0xbe).command(0x45, 0, 0xffffffff, 0xffffffff)).toBe(ACCERR);
  });
});

describe("MDM-AP", () => {
  it("is Kinetis K's: 001C0000", () => {
    expect(lab().ap(1).read(MDM.IDR)).toBe(0x001c0000);
  });

  it("flow (a): reset held by the pin, mass erase requested, acknowledged, done, opened", () => {
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

  it("refuses mass erase when MEEN = 10: not acknowledged, the request stays until reset", () => {
    const bench = massErase(withFsec(0xef));
    expect(bench.control & 1).toBe(1);
    expect(bench.status & 1).toBe(0);
    expect(bench.flash(0x40c, 1)).toEqual([0xef]);
    bench.control = 0;
    expect(bench.control & 1).toBe(1);
    bench.chip.setResetPin(0, bench.now);
    expect(bench.control & 1).toBe(0);
  });

  it("flow (b): core hold keeps a core in reset so that it can be halted before its first instruction", () => {
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

  it("flow (c): system reset request holds the system while it is 1", () => {
    const bench = lab();
    bench.control = 0x08;
    expect(bench.wait(MILLISECOND).status & 0x0e).toBe(0x02);
    bench.control = 0;
    expect(bench.wait(MILLISECOND).status & 0x0e).toBe(0x0a);
    expect(bench.read(0x4007f000, 2)).toBe(0x0800);
  });

  it("flow (c) works with a request repeated during flash initialisation", () => {
    const bench = lab();
    bench.control = 0x08;
    bench.control = 0x08;
    expect(bench.wait(MILLISECOND).status & 0x08).toBe(0);
  });

  it("flow (d): a debug request under reset halts the core when it is let go", () => {
    const bench = lab();
    bench.chip.setResetPin(0, bench.now);
    bench.wait(MILLISECOND).control = 0x14;
    bench.chip.setResetPin(1, bench.now);
    bench.wait(MILLISECOND).control = 0x04;
    expect(bench.status >>> 16).toBe(1);
  });

  it("ignores everything but mass erase while secure: OpenOCD needs the reset line", () => {
    const bench = lab({ locked: true });
    bench.control = 0x1e;
    expect(bench.control).toBe(0);
    expect(bench.wait(MILLISECOND).status & 0x08).toBe(0x08);
  });

  it("shows the mass erase in FCNFG.ERSAREQ", () => {
    const bench = lab();
    bench.control = 1;
    expect(bench.read(FSTAT + 1, 1)).toBe(0x26);
    expect(bench.fstat).toBe(0);
  });

  it("a reset during a mass erase stops it half done", () => {
    const bench = setFcf(lab(), 0x7b).powerCycle();
    bench.control = 1;
    bench.wait(400 * MILLISECOND);
    bench.chip.setResetPin(0, bench.now);
    expect(bench.wait(MILLISECOND).control).toBe(0);
    expect(bench.status & 4).toBe(4);
  });
});

describe("FPROT and security together", () => {
  it("a chip that protects itself can only be freed by mass erase", () => {
    const bench = withFsec(0xfe, 0x00000000);
    expect(bench.read(FPROT)).toBe(0);
    expect(bench.command(0x09, 0)).toBe(0x90);
    expect(bench.command(0x44, 0)).toBe(0x90);
    massErase(bench).powerCycle();
    expect(bench.read(FPROT)).toBe(0xffffffff);
  });

  it("registers show what was loaded, not what is in flash", () => {
    const bench = setFcf(lab(), 0xfe, 0x0000ffff);
    expect(bench.read(FPROT)).toBe(0xffffffff);
    bench.powerCycle();
    expect(bench.read(FPROT)).toBe(0x0000ffff);
    expect(bench.read(FCCOB)).toBe(0);
  });
});
