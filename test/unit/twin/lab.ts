import { createTwin, type Twin, type TwinOptions } from "../../../src/twin/usb.ts";
import { bit, header, parity } from "./probe/wire.ts";

export const MS = 1e9;

/** One SWD transfer for `Lab.transfers`; a write where it has a word. */
export interface Step {
  readonly port: "dp" | "ap";
  readonly a: number;
  readonly word?: number;
}

/** What came of a step. */
export interface Outcome {
  readonly ack: number;
  readonly data: number;
}

export const dp = (a: number, word?: number): Step => ({ port: "dp", a, ...(word !== undefined && { word }) });
export const ap = (a: number, word?: number): Step => ({ port: "ap", a, ...(word !== undefined && { word }) });

const CLOCKS = 46;

/** A board on the bench with the plainest client there can be: J-Link commands by hand, 46 clocks a transfer. */
export class Lab {
  readonly twin: Twin;
  outs = 0;
  ins = 0;

  private constructor(twin: Twin) {
    this.twin = twin;
  }

  /** A board with its probe opened and claimed. */
  static async open(options: Partial<TwinOptions> = {}): Promise<Lab> {
    const lab = new Lab(createTwin({ chip: "MK24FN1M0xxx12", ...options }));
    await lab.claim();
    return lab;
  }

  /** A board whose debug domain is powered, at 4 MHz. */
  static async connected(options: Partial<TwinOptions> = {}): Promise<Lab> {
    const lab = await Lab.open(options);
    await lab.connect();
    return lab;
  }

  /** A connected board whose core is held after its next reset: a blank chip resets itself for ever otherwise. */
  static async quiet(options: Partial<TwinOptions> = {}): Promise<Lab> {
    const lab = await Lab.connected(options);
    await lab.holdCore();
    return lab;
  }

  get now(): number {
    return this.twin.clock.now();
  }

  async claim(): Promise<void> {
    await this.twin.device.open();
    await this.twin.device.claimInterface(0);
  }

  async out(...bytes: number[]): Promise<void> {
    await this.send(Uint8Array.from(bytes));
  }

  async send(bytes: Uint8Array): Promise<void> {
    this.outs++;
    await this.twin.device.transferOut(2, bytes);
  }

  async in(length: number): Promise<Uint8Array> {
    this.ins++;
    const { data } = await this.twin.device.transferIn(1, length);
    return data === undefined ? new Uint8Array(0) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }

  /** Switches the target to SWD, reads DPIDR, powers the debug domain up. */
  async connect(): Promise<void> {
    await this.out(0xc7, 1);
    await this.in(64);
    await this.out(0x05, 0xa0, 0x0f);
    await this.switchToSwd();
    await this.transfers([dp(0), dp(0, 0x1e), dp(8, 0), dp(4, 0x50000000)]);
  }

  /**
   * MDM-AP Control bit 4, until Status shows the flash ready, no security, and the system out of reset; again and
   * again, because the chip takes it only between two flash initialisations.
   */
  async holdCore(): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      await this.transfers([dp(0), dp(0, 0x1e), dp(8, 0x01000000), ap(4, 0x10)]);
      await this.twin.clock.sleep(1_000);
      if (((await this.mdmStatus()) & 0xe) === 0xa) return;
    }
    throw new Error("the core cannot be held");
  }

  async mdmStatus(): Promise<number> {
    return (await this.transfers([dp(8, 0x01000000), ap(0), dp(0xc)]))[2].data;
  }

  async switchToSwd(): Promise<void> {
    const ones = Array(7).fill(0xff);
    const out = [...ones, 0x9e, 0xe7, ...ones, 0x00];
    await this.out(0xcf, 0, out.length * 8, 0, ...out.map(() => 0xff), ...out);
    await this.in(64);
  }

  /** Runs transfers in one command and decodes what came back. */
  async transfers(steps: readonly Step[]): Promise<Outcome[]> {
    await this.send(command(steps));
    const bytes = await this.in(1 << 16);
    return steps.map((_, i) => outcomeAt(bytes, i * CLOCKS));
  }

  /** A word through AP 0, and back. */
  async write32(address: number, word: number): Promise<number[]> {
    const steps = [dp(8, 0), ap(0, 0x23000042), ap(4, address), ap(0xc, word), dp(0xc)];
    return (await this.transfers(steps)).map((one) => one.ack);
  }

  async write8(address: number, byte: number): Promise<number[]> {
    const steps = [dp(8, 0), ap(0, 0x23000040), ap(4, address), ap(0xc, (byte << (8 * (address & 3))) >>> 0), dp(0xc)];
    return (await this.transfers(steps)).map((one) => one.ack);
  }

  async read32(address: number): Promise<number> {
    const outcomes = await this.transfers([dp(8, 0), ap(0, 0x23000042), ap(4, address), ap(0xc), dp(0xc)]);
    return outcomes[4].data;
  }

  /** GET_STATE's first field. */
  async vtref(): Promise<number> {
    await this.out(0x07);
    const state = await this.in(64);
    return state[0] | (state[1] << 8);
  }

  /** Launches a flash command through the debug port, without waiting for its end. */
  async launchFlash(code: number, address: number): Promise<void> {
    await this.write32(0x40020004, ((code << 24) | address) >>> 0);
    await this.write8(0x40020000, 0x80);
  }
}

/** HW_JTAG3 for these transfers, back to back. */
export function command(steps: readonly Step[]): Uint8Array {
  const bits = steps.length * CLOCKS;
  const length = Math.ceil(bits / 8);
  const bytes = new Uint8Array(4 + 2 * length);
  bytes.set([0xcf, 0, bits & 0xff, bits >>> 8]);
  steps.forEach((step, i) => {
    const drive = (index: number, level: number) => {
      const at = i * CLOCKS + index;
      bytes[4 + (at >>> 3)] |= 1 << (at & 7);
      bytes[4 + length + (at >>> 3)] |= level << (at & 7);
    };
    const request = header(step.port, step.word === undefined ? 1 : 0, step.a);
    for (let n = 0; n < 8; n++) drive(n, bit(request, n));
    if (step.word === undefined) return;
    for (let n = 0; n < 32; n++) drive(13 + n, bit(step.word, n));
    drive(45, parity(step.word));
  });
  return bytes;
}

function outcomeAt(bytes: Uint8Array, start: number): Outcome {
  const field = (from: number, count: number) => {
    let value = 0;
    for (let n = 0; n < count; n++) value |= ((bytes[(start + from + n) >>> 3] >>> ((start + from + n) & 7)) & 1) << n;
    return value >>> 0;
  };
  return { ack: field(8, 3), data: field(11, 32) };
}
