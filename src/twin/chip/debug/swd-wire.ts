import type { SwdDp } from "./swd-dp.ts";
import { onesAfterRead, onesAfterWrite, REQUEST_EDGES, TRANSFER_EDGES } from "./swd-phases.ts";

/** Edges up to the acknowledge's first bit, and those behind, of a transfer. */
const EDGES = { request: REQUEST_EDGES + 1, data: TRANSFER_EDGES - REQUEST_EDGES - 1 } as const;

/** One SWDIO and SWCLK with one debug port on it or several. Where several drive at once, a 0 wins (unsure). */
export class SwdWire {
  private readonly ports: readonly SwdDp[];
  private readonly single: SwdDp | undefined;
  private level = 1;
  /** The port that takes a transfer at once. */
  private asked: SwdDp;

  constructor(ports: readonly SwdDp[]) {
    this.ports = ports;
    this.single = ports.length === 1 ? ports[0] : undefined;
    this.asked = ports[0];
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

  /** As `SwdDp.isAtRest`: one port is, and no other one listens. */
  get isAtRest(): boolean {
    if (this.single) return this.single.isAtRest;
    let asked: SwdDp | undefined;
    for (const port of this.ports) {
      if (port.isAside) continue;
      if (asked || !port.isAtRest) return false;
      asked = port;
    }
    if (!asked) return false;
    this.asked = asked;
    return true;
  }

  /** As `SwdDp.request`. */
  request(header: number): boolean {
    // A park bit, and the pull-up.
    this.passOthers(EDGES.request, 2);
    const isOk = this.asked.request(header);
    this.level = this.asked.driven ?? 1;
    return isOk;
  }

  get driven(): number | undefined {
    return this.asked.driven;
  }

  get readWord(): number {
    return this.asked.readWord;
  }

  get readParity(): number {
    return this.asked.readParity;
  }

  /** As `SwdDp.endRead`. */
  endRead(): void {
    this.passOthers(EDGES.data, onesAfterRead(this.readWord, this.readParity));
    this.level = 1;
    this.asked.endRead();
  }

  /** As `SwdDp.endWriting`. */
  endWriting(word: number, parityBit: number): void {
    this.passOthers(EDGES.data, onesAfterWrite(word, parityBit));
    this.level = 1;
    this.asked.endWriting(word, parityBit);
  }

  private passOthers(edges: number, ones: number): void {
    if (this.single) return;
    for (const port of this.ports) if (port !== this.asked) port.pass(edges, ones);
  }
}
