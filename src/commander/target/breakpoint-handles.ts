/** The numbers by which Commander names breakpoints: from 1, and never the same one twice. */
export class BreakpointHandles {
  private readonly addresses = new Map<number, number>();
  private last = 0;

  /** The handle of the breakpoint at an address: the one it has, or a new one. */
  handleOf(address: number): number {
    const known = [...this.addresses].find(([, at]) => at === address);
    if (known) return known[0];
    this.addresses.set(++this.last, address);
    return this.last;
  }

  /** The address behind a handle, which is forgotten; undefined for an unknown handle. */
  take(handle: number): number | undefined {
    const address = this.addresses.get(handle);
    this.addresses.delete(handle);
    return address;
  }
}
