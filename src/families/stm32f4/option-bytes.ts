import { readTwice, unsteadyRead } from "../../adi/read-twice.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import { address32, hex32 } from "../../base/u32.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import type { Core } from "../../cortex/core.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { ACTS, ERRORS, throwOnError, whenDone, writeWord } from "./flash-control.ts";
import { FLASH_OPTCR, FLASH_OPTCR1, FLASH_OPTKEYR, FLASH_SR, OPTION_KEYS } from "./registers-flash.ts";

/** OPTCR's bits that are options: RDP and the user byte below nWRP; reserved ones stay as they are. */
const USER_AND_RDP = (["RDP", "nRST_STDBY", "nRST_STOP", "WDG_SW", "BOR_LEV"] as const).reduce(
  (all, name) => all | FLASH_OPTCR.mask(name),
  0,
);

/** Option bytes that were asked for and are not written yet: the interface takes all of them with one start. */
export class OptionBytes {
  private readonly core: Core;
  private readonly clock: Clock;
  private asked: { readonly bank: FlashBank; readonly bytes: Uint8Array }[] = [];

  constructor(core: Core, clock: Clock) {
    this.core = core;
    this.clock = clock;
  }

  /** Notes bytes for a bank of option bytes; nothing is written before `write`. */
  async ask(bank: FlashBank, address: number, bytes: Uint8Array, io: Io = {}): Promise<void> {
    const known = this.asked.find((one) => one.bank === bank);
    const now = known?.bytes ?? (await readTwice(this.core.memory, bank.start, bank.length, io));
    now.set(bytes, address - bank.start);
    if (!known) this.asked.push({ bank, bytes: now });
  }

  /**
   * Programs what was asked for, if anything: RDP, user options and write protections together. Throws `flash-command`
   * where OPTCR stays locked, and `loader-failed` where it does not hold what was written.
   */
  async write(io: Io = {}): Promise<void> {
    const { asked, core } = this;
    if (asked.length === 0) return;
    this.asked = [];
    const limits = within(this.clock, ACTS.OPTIONS.limitMs, io);
    await whenDone(core, "an earlier flash command", limits);
    const before = await this.registers(limits);
    const wanted = asked.reduce((values, one) => withBank(values, one.bank, one.bytes), before);
    await this.unlock(limits);
    const { optcr, optcr1 } = wanted;
    const second = asked.some(({ bank }) => isSecond(bank));
    await core.memory.run(
      [...(second ? [writeWord(FLASH_OPTCR1.address, optcr1)] : []), writeWord(FLASH_OPTCR.address, optcr)],
      limits,
    );
    // What is started is what stands in the registers: one wrong bit of RDP could close the chip for ever.
    await this.check(wanted, second, limits);
    const start = [writeWord(FLASH_OPTCR.address, optcr | START)];
    const status = await whenDone(core, ACTS.OPTIONS.name, limits, start);
    await core.memory.run([writeWord(FLASH_OPTCR.address, optcr | LOCK)], limits);
    throwOnError(ACTS.OPTIONS, FLASH_OPTCR.address, status);
    await this.check(wanted, second, limits);
  }

  private async check({ optcr, optcr1 }: Values, second: boolean, io: Io): Promise<void> {
    const after = await this.registers(io);
    if (after.optcr === optcr && (!second || after.optcr1 === optcr1)) return;
    const details = { wanted: address32(optcr), FLASH_OPTCR: address32(after.optcr) };
    throw new FlashError("loader-failed", `FLASH_OPTCR reads 0x${hex32(after.optcr)} after its write`, { details });
  }

  /** OPTCR without its lock and start bits, and OPTCR1, read twice. */
  private async registers(io: Io): Promise<Values> {
    const read = (address: number) => ({ op: "read", address, width: 32 }) as const;
    const reads = [FLASH_OPTCR.address, FLASH_OPTCR1.address].map(read);
    const [optcr, optcr1, again, again1] = await this.core.memory.run([...reads, ...reads], io);
    if (optcr !== again || optcr1 !== again1) throw unsteadyRead("FLASH_OPTCR");
    return { optcr: (optcr & ~(LOCK | START)) >>> 0, optcr1 };
  }

  private async unlock(io: Io): Promise<void> {
    const { memory } = this.core;
    const look = { op: "read", address: FLASH_OPTCR.address, width: 32 } as const;
    const [locked] = await memory.run([look], io);
    if (!(locked & LOCK)) return;
    const keys = OPTION_KEYS.map((key) => writeWord(FLASH_OPTKEYR.address, key));
    const errors = writeWord(FLASH_SR.address, ERRORS);
    const [after] = await memory.run([...keys, errors, look], io);
    if (!(after & LOCK)) return;
    const details = { register: address32(FLASH_OPTCR.address) };
    throw new FlashError("flash-command", "FLASH_OPTCR stays locked until the next reset", { details });
  }
}

interface Values {
  readonly optcr: number;
  readonly optcr1: number;
}

const LOCK = FLASH_OPTCR.mask("OPTLOCK");
const START = FLASH_OPTCR.mask("OPTSTRT");

const isSecond = ({ controller }: FlashBank): boolean => controller?.bank === 1;

/** The registers with a bank's bytes: the first half-word is RDP and user byte, the one at 8 nWRP. */
function withBank(values: Values, bank: FlashBank, bytes: Uint8Array): Values {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const nWRP = view.getUint16(8, true);
  if (isSecond(bank)) return { ...values, optcr1: FLASH_OPTCR1.with(values.optcr1, { nWRP: nWRP & 0xfff }) };
  const user = view.getUint16(0, true) & USER_AND_RDP;
  const upper = FLASH_OPTCR.with(values.optcr, { nWRP: nWRP & 0xfff, DB1M: (nWRP >>> 14) & 1, SPRMOD: nWRP >>> 15 });
  return { ...values, optcr: ((upper & ~USER_AND_RDP) | user) >>> 0 };
}
