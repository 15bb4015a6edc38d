import { ACK } from "./debug-port.ts";
import { SwdEdges } from "./swd-edges.ts";
import {
  isRequest,
  LINE_RESET_ONES,
  onesAfterRead,
  onesAfterWrite,
  parity32,
  PHASE,
  REQUEST_EDGES,
  TRANSFER_EDGES,
} from "./swd-phases.ts";

export type { DapFault, DapFaults } from "./swd-edges.ts";

/** Edges of a transfer behind its request and one turnaround. */
const DATA_EDGES = TRANSFER_EDGES - REQUEST_EDGES - 1;

/** An SW-DP that takes several edges at once where they can be known to do as much as single ones. */
export class SwdDp extends SwdEdges {
  /**
   * At most eight rising edges between which the probe neither takes the line nor gives it back: as many calls of `clock`,
   * bit 0 first. A request, and edges within the data word of a transfer, change nothing else and are taken at once.
   */
  clockRun(swdio: number, driven: number, count: number): number {
    if (count === REQUEST_EDGES && driven !== 0 && this.isAtRest && isRequest(swdio)) return this.clockRequest(swdio);
    let after = 0;
    for (let done = 0; done < count; ) {
      const edges = this.dataEdges(driven, count - done);
      after |= (edges > 0 ? this.clockData(swdio >>> done, edges) : this.clock((swdio >>> done) & 1, driven)) << done;
      done += Math.max(1, edges);
    }
    return after;
  }

  /**
   * Whether a transfer may begin at the next edge that `request`, and then `endRead` or `endWriting`, take at once. Behind
   * the first transfer at rest no switching sequence is on its way, and the line has had at most 34 ones in a row.
   */
  get isAtRest(): boolean {
    return this.phase === PHASE.IDLE && !this.fresh && this.port.turnround === 1;
  }

  /** Whether a transfer that another port on the wire takes at once changes nothing here but what `pass` does. */
  get isAside(): boolean {
    return this.phase === PHASE.UNSELECTED;
  }

  /** Edges of another port's transfer, the last `ones` of which have the line high. */
  pass(edges: number, ones: number): void {
    this.edges += edges;
    this.ones = ones;
  }

  /**
   * The nine edges of a request (see `isRequest`) and its turnaround, at rest. Answers whether it was acknowledged OK, so
   * that `endRead` or `endWriting` may take the other 37 edges of the transfer.
   */
  request(header: number): boolean {
    this.clockRequest(header);
    this.edges++;
    this.ones++;
    this.acknowledge();
    return this.phase === PHASE.ACKNOWLEDGE && this.ack === ACK.OK;
  }

  /** The word of a read that has just been acknowledged OK. */
  get readWord(): number {
    return this.port.data;
  }

  /** The parity bit that goes with it. */
  get readParity(): number {
    return parity32(this.port.data) ^ this.flipParity;
  }

  /** The edges of a read behind `request`. */
  endRead(): void {
    this.level = this.readParity;
    this.endTransfer(onesAfterRead(this.readWord, this.level));
  }

  /** The edges of a write behind `request`; its access is made at the last of them. */
  endWriting(word: number, parityBit: number): void {
    this.word = word;
    this.parity = parity32(word);
    this.endTransfer(onesAfterWrite(word, parityBit));
    this.endWrite(parityBit);
  }

  private endTransfer(ones: number): void {
    this.edges += DATA_EDGES;
    this.ones = ones;
    this.driving = false;
    this.phase = PHASE.IDLE;
  }

  /** The edges of a request, at rest; its park bit is a one behind a zero. */
  private clockRequest(header: number): number {
    this.edges += REQUEST_EDGES;
    this.ones = 1;
    this.header = header;
    this.count = 1;
    this.phase = PHASE.TURNAROUND;
    return header;
  }

  /** How many of the next edges carry bits of the data word, and can neither reset the line nor switch it. */
  private dataEdges(driven: number, most: number): number {
    const isWrite = this.phase === PHASE.WRITE && driven !== 0;
    const isRead = this.phase === PHASE.READ && driven === 0 && this.ack === ACK.OK;
    if (!(isWrite || isRead) || this.sequenceBits !== 0 || this.ones + most >= LINE_RESET_ONES) return 0;
    return Math.min(most, 32 - this.count);
  }

  private clockData(swdio: number, edges: number): number {
    const mask = (1 << edges) - 1;
    const isWrite = this.phase === PHASE.WRITE;
    const bits = (isWrite ? swdio : this.word >>> this.count) & mask;
    // What an edge finds on the line in a read is the level that the edge before it left.
    const seen = isWrite ? bits : ((bits << 1) | this.level) & mask;
    if (isWrite) {
      this.word |= bits << this.count;
      this.parity ^= parity32(bits);
    } else this.level = bits >>> (edges - 1);
    this.count += edges;
    this.edges += edges;
    this.ones = seen === mask ? this.ones + edges : edges - 32 + Math.clz32(~seen & mask);
    return bits;
  }
}
