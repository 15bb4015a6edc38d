import type { MemoryOp } from "../adi/memory.ts";
import type { Io } from "../base/clock.ts";
import { address32 } from "../base/u32.ts";
import type { CoreState } from "../cortex/core.ts";
import { BFAR, CFSR_BITS, HFSR, ICSR } from "../registers/faults.ts";
import { familyOf } from "../families/list.ts";
import type { DecodedField } from "../registers/register.ts";
import type { Session } from "./session.ts";

/** How a firmware fares, as far as it can be seen without stopping it. */
export interface Health {
  readonly state: CoreState;
  /** The exception that is being handled: `HardFault`; undefined in thread mode. */
  readonly exception?: string;
  /** Why faults happened, in words; the bits stay until firmware or a reset clears them. */
  readonly faults: readonly string[];
  /** Where the last bus error struck, as far as the core knows. */
  readonly faultAddress?: string;
  /** Why the chip was reset last, in words. */
  readonly resetCauses: readonly string[];
}

/** Numbers of exceptions (ARMv7-M ARM (DDI 0403E), B1.5.2). */
const EXCEPTIONS: { readonly [number: number]: string } = {
  2: "NMI",
  3: "HardFault",
  4: "MemManage",
  5: "BusFault",
  6: "UsageFault",
  11: "SVCall",
  12: "DebugMonitor",
  14: "PendSV",
  15: "SysTick",
};

const look = (address: number, width: 8 | 16 | 32): MemoryOp => ({ op: "read", address, width });

/** Reads how the firmware fares, without halting it. The reset causes are the family's: none where it is unknown. */
export async function healthOf(session: Session, io: Io = {}): Promise<Health> {
  const { core } = session;
  const state = await core.state(io);
  const cortex = [ICSR, CFSR_BITS, HFSR, BFAR].map((r) => look(r.address, 32));
  const [icsr, cfsr, hfsr, bfar] = await core.memory.run(cortex, io);
  const causes = (session.found.chip && familyOf(session.found.chip)?.resetCauses) ?? [];
  const words =
    causes.length === 0
      ? []
      : await core.memory.run(
          causes.map(({ address, width }) => look(address, width)),
          io,
        );
  const exception = exceptionName(ICSR.field(icsr, "VECTACTIVE"));
  return {
    state,
    ...(exception === undefined ? {} : { exception }),
    faults: [...wordsOf(HFSR.decode(hfsr)), ...wordsOf(CFSR_BITS.decode(cfsr))],
    ...(CFSR_BITS.field(cfsr, "BFARVALID") ? { faultAddress: address32(bfar) } : {}),
    resetCauses: causes.flatMap((register, i) => wordsOf(register.decode(words[i]))),
  };
}

function exceptionName(number: number): string | undefined {
  if (number === 0) return undefined;
  return EXCEPTIONS[number] ?? (number >= 16 ? `interrupt ${number - 16}` : `exception ${number}`);
}

const wordsOf = (fields: readonly DecodedField[]): readonly string[] =>
  fields.flatMap((f) => (f.value === 0 || f.words === undefined ? [] : [f.words]));
