import { type BatchMemory, together } from "../../adi/memory.ts";
import { print } from "../console/context.ts";
import { type Handler, targetOf } from "../run/handler.ts";
import { DEMCR, DFSR } from "../../registers/scs.ts";
import { modeOfEntry } from "../texts/v7-86e/registers.ts";

/** `moe`: why the core halted, from DFSR, whose bits stay until it runs on. */
export const showHaltReason: Handler = async (call) => {
  const { core } = targetOf(call);
  const isHalted = (await core.state(call.io)) === "halted";
  const [dfsr] = await core.memory.run([{ op: "read", address: DFSR.address, width: 32 }], call.io);
  const reasons = ["VCATCH", "DWTTRAP", "BKPT", "EXTERNAL", "HALTED"] as const;
  print(call, modeOfEntry(isHalted ? reasons.find((name) => DFSR.field(dfsr, name) === 1) : undefined));
  return "ok";
};

/** DEMCR's vector catches: bit 0 and bits 4 to 10 (ARMv7-M ARM (DDI 0403E), C1.6.5). */
const CATCHES = 0x7f1;

/** `VCatch BITS`: says nothing. */
export const vectorCatch: Handler = async (call) => {
  const change = async (memory: BatchMemory) => {
    const [demcr] = await memory.run([{ op: "read", address: DEMCR.address, width: 32 }], call.io);
    const value = ((demcr & ~CATCHES) | (call.args.number("Value") & CATCHES)) >>> 0;
    await memory.run([{ op: "write", address: DEMCR.address, width: 32, value }], call.io);
  };
  await together(targetOf(call).core.memory, change, call.io);
  return "ok";
};
