import { CortexCore } from "../../../src/cortex/cortex-core.ts";
import { FakeCore } from "./fake-core.ts";

/** A core with a reset pin on a fake that a test may change first; round trips are counted from here. */
export async function setUp(change: (fake: FakeCore) => void = () => {}) {
  const fake = new FakeCore();
  const resetPin = async (level: 0 | 1) => {
    if (level === 0) fake.log.push("pin 0");
    else fake.reset("pin");
  };
  const core = await CortexCore.open(fake, fake.clock, { resetPin });
  change(fake);
  fake.roundTrips = 0;
  return { fake, core };
}

/** A fake whose core a debugger has halted. */
export const halted = (fake: FakeCore) => {
  fake.halted = true;
  fake.debugEnabled = true;
};
