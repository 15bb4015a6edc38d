import type { Chip } from "../../src/chips/chip.ts";
import type { Probe } from "../../src/probe/probe.ts";
import { swdPort } from "../../src/probe/swd/swd-link.ts";
import { AIRCR, CPUID, DEMCR, DHCSR } from "../../src/registers/scs.ts";
import { type ConnectOptions, connect } from "../../src/session/connect.ts";
import { FakeClock } from "../unit/probe/fake-clock.ts";
import { FakeRam, FakeTarget } from "../unit/probe/fake-target.ts";

/** IDR of the made-up chip's port 1, and its registers there. */
export const CTRL_IDR = 0x02990000;
export const CTRL = { RESET: 0x0, ERASE: 0x4, STATUS: 0x8 } as const;
/** The register by which the chip is recognised, one that has no other meaning, and one that resets it. */
export const ID = 0x40000000;
export const FREEZE = 0x40000004;
export const LAUNCH = 0x40000008;

/** A chip of no family: a Cortex-M4 behind port 0, a control port of its own as port 1. */
export const MADE_UP: Chip = {
  name: "MADE-UP",
  vendor: "none",
  family: "made-up",
  origin: "user",
  cores: [{ name: "core0", type: "M4", ap: { v: 1, index: 0 } }],
  memories: [{ name: "RAM", kind: "ram", start: 0x20000000, length: 0x10000 }],
  banks: [],
  detection: { reads: [{ address: ID, mask: 0xffffffff, value: 0x1234, why: "its number" }] },
  debug: {
    dpidr: 0x2ba01477,
    aps: [
      { index: 0, idr: 0x24770011 },
      { index: 1, idr: CTRL_IDR },
    ],
  },
  protection: undefined,
  guarded: [],
  workRam: [],
  sources: [],
};

/** A core that halts, resets and catches its reset vector, with RAM everywhere; what is written is kept in its order. */
export class MadeUpCore extends FakeRam {
  /** `w FREEZE 1`: writes beside those of the core's own registers, and what happened to the core. */
  readonly log: string[] = [];
  /** Called with each write, which `dropped` leaves without effect. */
  onWrite: (address: number, value: number) => "dropped" | undefined = () => undefined;
  /** Whether an access there is answered with a bus fault. */
  refuses: (address: number) => boolean = () => false;
  isHalted = false;
  private wasReset = false;
  private demcr = 0;

  override read(address: number, size: number): number | undefined {
    if (address === CPUID.address) return 0x410fc241;
    if (address === DEMCR.address) return this.demcr;
    if (this.refuses(address)) return undefined;
    if (address !== DHCSR.address) return super.read(address, size);
    const S_RESET_ST = this.wasReset ? 1 : 0;
    this.wasReset = false;
    return DHCSR.of({ S_HALT: this.isHalted ? 1 : 0, S_REGRDY: 1, C_DEBUGEN: 1, S_RESET_ST });
  }

  override write(address: number, size: number, value: number): true | undefined {
    if (address === DEMCR.address) this.demcr = value;
    else if (address === DHCSR.address) this.control(value);
    else if (address === AIRCR.address) this.reset("SYSRESETREQ");
    else {
      this.log.push(`w ${address.toString(16)} ${value.toString(16)}`);
      if (this.onWrite(address, value) !== "dropped") super.write(address, size, value);
    }
    return true;
  }

  /** The core resets, and stops at its first instruction where VC_CORERESET is set. */
  reset(by: string): void {
    this.log.push(`reset by ${by}`);
    this.wasReset = true;
    this.isHalted = DEMCR.field(this.demcr, "VC_CORERESET") === 1;
  }

  private control(value: number): void {
    const halts = DHCSR.field(value, "C_HALT") === 1;
    if (halts !== this.isHalted) this.log.push(halts ? "halt" : "run");
    this.isHalted = halts;
  }
}

/** The chip on a wire, with the hands of a test on it. */
export interface MadeUp {
  readonly clock: FakeClock;
  readonly target: FakeTarget;
  readonly core: MadeUpCore;
  readonly probe: Probe;
  /** Writes of the control port's registers, with those of the memory in `core.log`. */
  readonly pins: string[];
}

/** Makes the chip: its control port notes what is written in the core's log, and RESET resets the core. */
export function madeUp(): MadeUp {
  const clock = new FakeClock();
  const core = new MadeUpCore();
  const target = new FakeTarget(clock, core);
  const pins: string[] = [];
  target.idrs[1] = CTRL_IDR;
  target.base = 0xffffffff;
  core.write(ID, 4, 0x1234);
  core.log.length = 0;
  const registers = new Map<number, number>();
  target.ports[1] = {
    read: (address) => registers.get(address) ?? 0,
    write: (address, word) => {
      core.log.push(`ap1 ${address.toString(16)} ${word.toString(16)}`);
      registers.set(address, word);
      if (address === CTRL.RESET && word === 0) core.reset("port");
    },
  };
  const probe: Probe = {
    info: { driver: "jlink", vendorId: 0, productId: 0, product: "fake", serial: "1", firmware: "fake" },
    connect: async () => swdPort(target, clock),
    setSpeed: async (hz) => hz,
    setPins: async (levels) => {
      if (levels.nreset !== undefined) pins.push(`nreset ${levels.nreset}`);
      return { nreset: 1, trst: 1, tck: 0, tms: 0, tdi: 0, tdo: 0 };
    },
    close: async () => {},
  };
  return { clock, target, core, probe, pins };
}

/** Connects to the chip as it is described. */
export const connectMadeUp = ({ probe, clock }: MadeUp, chip: Chip, options: Partial<ConnectOptions> = {}) =>
  connect({ probe, clock, hz: 4_000_000, how: "halt", chip, ...options });
