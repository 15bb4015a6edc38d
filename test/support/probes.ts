/** The probes that soaks try one after the other: each driver, and each way in which CMSIS-DAP moves its packets. */
export const SOAKED_PROBES = ["jlink", "cmsis-dap-hs", "cmsis-dap", "cmsis-dap-v1"] as const;

/** One of them. */
export type SoakedProbe = (typeof SOAKED_PROBES)[number];

/** The probe named in the environment, or all of them. */
export function probesNamed(name: string | undefined): readonly SoakedProbe[] {
  const probes = SOAKED_PROBES.filter((probe) => name === undefined || probe === name);
  if (probes.length === 0) throw new Error(`no probe is called ${name}; there are ${SOAKED_PROBES.join(", ")}`);
  return probes;
}
