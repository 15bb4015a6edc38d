import { describe, expect, it } from "vitest";
import { codeOf } from "../../../src/base/errors.ts";
import { Leases } from "../../../src/session/sharing/lease.ts";

/** The code of what taking a lease throws, or undefined where it is given. */
function codeOfTaking(leases: Leases): string | undefined {
  try {
    leases.take("poll").release();
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}

describe("the right to use a target", () => {
  it("belongs to one holder at a time", () => {
    const leases = new Leases();
    const lease = leases.take("debug");
    expect(codeOfTaking(leases)).toBe("lease-busy");
    lease.release();
    expect(codeOfTaking(leases)).toBeUndefined();
  });

  it("is given back when the work ends, well or badly", async () => {
    const leases = new Leases();
    await expect(leases.hold("flash", async () => codeOfTaking(leases))).resolves.toBe("lease-busy");
    await expect(leases.hold("flash", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(codeOfTaking(leases)).toBeUndefined();
  });

  it("names its holder in the error of a second user", () => {
    const leases = new Leases();
    leases.take("flash");
    expect(() => leases.take("debug")).toThrow("in use (flash)");
  });
});
