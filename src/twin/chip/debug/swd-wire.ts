import type { SwdDp } from "./swd-dp.ts";

/** One SWDIO and SWCLK with one debug port on it or several. Where several drive at once, a 0 wins (unsure). */
export class SwdWire {
  private readonly ports: readonly SwdDp[];
  private readonly single: SwdDp | undefined;
  private level = 1;

  constructor(ports: readonly SwdDp[]) {
    this.ports = ports;
    this.single = ports.length === 1 ? ports[0] : undefined;
  }

  /** Rising edges so far. */
  get edges(): number {
    return this.ports[0].edges;
  }

  powerOn(): void {
    for (const port of this.ports) port.powerOn();
    this.level = 1;
  }

  /** Up to eight rising edges, as `SwdDp.clockRun` takes them. */
  clockRun(swdio: number, driven: number, count: number): number {
    if (this.single) return this.single.clockRun(swdio, driven, count);
    let after = 0;
    for (let bit = 0; bit < count; bit++) after |= this.clock((swdio >>> bit) & 1, driven) << bit;
    return after;
  }

  /** One rising edge; answers the level after it, as `SwdDp.clock` does. */
  clock(swdio: number, driven: number): number {
    if (this.single) return this.single.clock(swdio, driven);
    const before = driven !== 0 ? swdio : this.level;
    for (const port of this.ports) port.clock(before, driven !== 0 || port.driven === undefined ? 1 : 0);
    if (driven === 0) this.level = this.ports.every((port) => port.driven !== 0) ? 1 : 0;
    else this.level = 1;
    return driven !== 0 ? swdio : this.level;
  }
}
