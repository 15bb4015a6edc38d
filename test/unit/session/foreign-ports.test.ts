import { describe, expect, it } from "vitest";
import { MK24FN1M0xxx12 as chip } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { permit } from "../../../src/flash/permit.ts";
import type { Probe } from "../../../src/probe/probe.ts";
import { swdPort } from "../../../src/probe/swd/swd-link.ts";
import { CPUID, DHCSR } from "../../../src/registers/scs.ts";
import { type ConnectOptions, connect } from "../../../src/session/connect.ts";
import { eraseFlash } from "../../../src/session/erase-job.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { FakeClock } from "../probe/fake-clock.ts";
import { FakeRam, FakeTarget } from "../probe/fake-target.ts";

/** CTRL-AP of an nRF52: its register 4 is ERASEALL, where a Kinetis' MDM-AP has its control register. */
const CTRL_AP = 0x02880000;

/** A halted Cortex-M4 whose access port 1 is none of a Kinetis. */
class FakeCore extends FakeRam {
  override read(address: number, size: number): number | undefined {
    super.read(address, size);
    if (address === CPUID.address) return 0x410fc241;
    return address === DHCSR.address ? DHCSR.of({ S_HALT: 1, S_REGRDY: 1, C_DEBUGEN: 1, C_HALT: 1 }) : 0;
  }
}

async function connected(options: Partial<ConnectOptions> = {}) {
  const clock = new FakeClock();
  const bus = new FakeCore();
  const target = new FakeTarget(clock, bus);
  target.idrs[1] = CTRL_AP;
  target.base = 0xffffffff;
  const probe: Probe = {
    info: { driver: "jlink", vendorId: 0, productId: 0, product: "fake", serial: "1", firmware: "fake" },
    connect: async () => swdPort(target, clock),
    setSpeed: async (hz) => hz,
    setPins: async () => ({ nreset: 1, trst: 1, tck: 0, tms: 0, tdi: 0, tdo: 0 }),
    close: async () => {},
  };
  const session = await connect({ probe, clock, hz: 4_000_000, how: "halt", chip, ...options });
  return { session, bus, ap1: () => new Set(target.apAccesses.filter((access) => access.startsWith("1 "))) };
}

const IDR_ONLY = new Set(["1 r fc"]);
const image = { format: "raw", segments: [{ name: "a", address: 0, bytes: new Uint8Array(8) }], symbols: [] } as const;
const job = { image, policy: "keep-open", permits: [permit("mass-erase")], keepRest: true } as const;

describe("a port 1 of another family", () => {
  it.each(["halt", "attach", "under-reset"] as const)("is only identified by connecting with %s", async (how) => {
    const { session, ap1 } = await connected({ how });
    expect(session.found).toMatchObject({ match: "no", looping: false });
    expect(session.found.lock).toBeUndefined();
    expect(ap1()).toEqual(IDR_ONLY);
  });

  it("is only identified where no chip is named", async () => {
    const { session, ap1 } = await connected({ chip: undefined, candidates: [chip] });
    expect(session.found.chip).toBeUndefined();
    expect(ap1()).toEqual(IDR_ONLY);
  });

  it.each([
    ["an unlock", (s: Session) => s.unlock([permit("mass-erase")])],
    ["a flash job", (s: Session) => flashImage(s, job)],
    ["an erase", (s: Session) => eraseFlash(s, { what: "chip" }, { permits: [permit("mass-erase")] })],
  ])("is left alone by %s, which is refused as chip-mismatch", async (_, work) => {
    const { session, bus, ap1 } = await connected();
    bus.accesses.length = 0;
    await expect(work(session)).rejects.toMatchObject({ code: "chip-mismatch" });
    expect(bus.accesses).toEqual([]);
    expect(ap1()).toEqual(IDR_ONLY);
  });

  it("is left alone by a reset and by looks at the lock", async () => {
    const { session, ap1 } = await connected();
    await session.reset("system", "halt").catch(() => {});
    expect(await session.lock()).toBeUndefined();
    expect(ap1()).toEqual(IDR_ONLY);
  });
});

type Session = Awaited<ReturnType<typeof connect>>;
