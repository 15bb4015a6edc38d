import { DebugPort } from "../../../src/adi/debug-port.ts";
import { MemAp } from "../../../src/adi/mem-ap.ts";
import { swdPort } from "../../../src/probe/swd/swd-link.ts";
import { FakeClock } from "../probe/fake-clock.ts";
import { FakeRam, FakeTarget, type Script } from "../probe/fake-target.ts";

/** A fake target behind the real driver, not yet connected. */
export function lab(script?: Script, ram = new FakeRam()) {
  const clock = new FakeClock();
  const target = new FakeTarget(clock, ram, script);
  return { clock, target, ram, port: swdPort(target, clock) };
}

/** The same with its debug port connected and its memory open; round trips and requests counted from here. */
export async function connectedLab(ram?: FakeRam) {
  const all = lab(undefined, ram);
  const dp = await DebugPort.connect(all.port, all.clock);
  const memory = await MemAp.open(dp.accessPort(0));
  all.target.roundTrips.length = 0;
  all.target.requests.length = 0;
  return { ...all, dp, memory };
}
