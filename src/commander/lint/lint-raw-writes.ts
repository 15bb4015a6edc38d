import { CHIPS } from "../../chips/list.ts";
import { guardedAt, flashWrite } from "../../protection/raw-write.ts";
import { SELECT } from "../../registers/dp.ts";
import { CSW, DRW, TAR } from "../../registers/mem-ap.ts";
import { memoryWriteBy, type MemoryWrite, writesMemory } from "../target/ap-memory-write.ts";
import { isInside, type Range } from "../target/on-chip.ts";
import { rawEraseWhere } from "../texts/v7-86e/flash.ts";
import type { ScriptCall } from "./script-call.ts";
import type { ScriptFinding } from "./script-finding.ts";

/** Bytes that a write command writes. */
const WRITES: Readonly<Record<string, number>> = { w1: 1, w2: 2, w4: 4, w8: 8 };

const REMEDY = "Use loadfile, erase or unlock, which check what they do.";

/** A word, no increment: what a MEM-AP is most often set to before the script sets it. */
const CSW_OF_WORDS = 2;

/** Writes by hand that no policy looks at, and that erase or lock a chip. */
export class LintRawWrites {
  /** What the script has written to SELECT, and to CSW and TAR of the MEM-AP. */
  private selected = 0;
  private readonly memory = { csw: CSW_OF_WORDS, tar: 0 };
  /** Lines with writes that mean something else on each chip, where no chip is known. */
  private readonly unjudged: number[] = [];

  /** What one call does. */
  lint(call: ScriptCall): readonly ScriptFinding[] {
    const [name] = call.command.names;
    if (WRITES[name] !== undefined) return this.memoryWrite(call, writeOf(call, WRITES[name]));
    if (/^(SWD)?WriteDP$/.test(name) && call.args.number("RegIndex") === 2) this.selected = call.args.number("Data");
    return /^(SWD)?WriteAP$/.test(name) ? this.portWrite(call) : [];
  }

  /** Of all writes that can't be judged one finding: without its chip an address says nothing. */
  end(): readonly ScriptFinding[] {
    const lines = [...new Set(this.unjudged)];
    if (lines.length === 0) return [];
    const [first, ...others] = lines;
    const all = others.length > 0 ? ` (and ${others.length > 1 ? "lines" : "line"} ${others.join(", ")})` : "";
    const what = `What this write${all} does can't be told without the chip: it can go to a register that erases or locks it.`;
    const remedy = "Name a device that is known, or look the addresses up in the chip's manual before the run.";
    return [{ line: first, severity: "warn", what, remedy, lacks: "device" }];
  }

  private portWrite(call: ScriptCall): readonly ScriptFinding[] {
    const { line, args, chip } = call;
    const register = SELECT.field(this.selected, "APBANKSEL") * 16 + args.number("RegIndex") * 4;
    const apsel = SELECT.field(this.selected, "APSEL");
    const data = args.number("Data");
    const locks = (chip ? [chip] : CHIPS).flatMap(({ protection }) => protection?.lock ?? []);
    const ofLock = locks.filter(({ port }) => port?.index === apsel);
    if (ofLock.some(({ portErase: erase }) => erase?.register === register && (data & erase.bit) !== 0))
      return [massErase(call)];
    if (apsel !== 0) {
      if (!chip) this.unjudged.push(line);
      return [];
    }
    return this.throughMemoryPort(call, register, data);
  }

  private throughMemoryPort(call: ScriptCall, register: number, data: number): readonly ScriptFinding[] {
    if (register === CSW.address) this.memory.csw = data;
    if (register === TAR.address) this.memory.tar = data;
    if (!writesMemory(register)) return [];
    const write = memoryWriteBy(this.memory, register, data);
    if (register === DRW.address && CSW.field(this.memory.csw, "AddrInc") !== 0) this.memory.tar += write.bytes.length;
    return this.memoryWrite(call, write);
  }

  private memoryWrite({ line, chip }: ScriptCall, { address, bytes }: MemoryWrite): readonly ScriptFinding[] {
    // Another chip has other things at the same address, so an unknown one is no reason for a guess.
    if (!chip) {
      if (!isInside({ start: address, length: bytes.length }, SAME_ON_ALL)) this.unjudged.push(line);
      return [];
    }
    if (flashWrite(address, bytes, [chip])?.does === "starts") {
      const what =
        "This write starts a flash command that nothing checks: it can erase the chip, and lock it for ever.";
      return [{ line, severity: "lock", what, remedy: REMEDY }];
    }
    const range = guardedAt(address, bytes.length, [chip]);
    if (range?.kind !== "options") return [];
    return [{ line, severity: "lock", what: `This write goes to ${range.name}: ${range.can}.`, remedy: REMEDY }];
  }
}

/** What no chip has its own registers in: SRAM, external RAM, the core's own registers (ARMv7-M ARM (DDI 0403E), B3.1). */
const SAME_ON_ALL: readonly Range[] = [
  { start: 0x20000000, length: 0x20000000 },
  { start: 0x60000000, length: 0x40000000 },
  { start: 0xe0000000, length: 0x100000 },
];

function massErase({ line, chip }: ScriptCall): ScriptFinding {
  const on = chip ? "" : rawEraseWhere();
  const what = `${on}${on === "" ? "This" : "this"} write starts a mass erase: everything in flash is lost.`;
  return { line, severity: "warn", what, remedy: REMEDY };
}

function writeOf({ args }: ScriptCall, length: number): MemoryWrite {
  const { address } = args.address("Addr");
  const value = length === 8 ? args.bigint("Data") : BigInt(args.number("Data"));
  return { address, bytes: Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn)) };
}
