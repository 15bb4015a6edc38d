import type { Clock } from "../../base/clock.ts";
import { causeChain, codeOf, type Json } from "../../base/errors.ts";
import type { DapPort, DapReg, LineRun, Probe, SwoReceiver } from "../../probe/probe.ts";
import { ProbeError } from "../../probe/probe-error.ts";
import { isNear } from "../../swo/speed.ts";

/** The one version of the protocol that there is (pyOCD, `TCPClientProbe`). */
const VERSION = 1;
/** What the probe runs at until pyOCD names a frequency. */
const FIRST_HZ = 1_000_000;
/** How long pyOCD holds a reset, and waits after it (its options `reset.hold_time` and `reset.post_delay`), in microseconds. */
const RESET_US = 100_000;

/** pyOCD's numbers for what went wrong (`TCPClientProbe.StatusCode`). */
export const STATUS = {
  OK: 0,
  GENERAL: 1,
  DISCONNECTED: 2,
  PROBE: 3,
  TRANSFER: 10,
  TIMEOUT: 11,
  FAULT: 12,
} as const;

/** Codes that mean more to pyOCD than an error of the probe. */
const STATUS_OF: { readonly [code: string]: number } = {
  "dap-fault": STATUS.FAULT,
  "dap-wait": STATUS.TIMEOUT,
  "dap-no-ack": STATUS.TRANSFER,
  "dap-parity": STATUS.TRANSFER,
  "usb-unplugged": STATUS.DISCONNECTED,
};

/** A request that is none, in words for the client. */
export class BadRequest extends Error {}

/** The status that reports an error to pyOCD. */
export function statusOf(error: unknown): number {
  if (error instanceof BadRequest) return STATUS.GENERAL;
  const known = causeChain(error).map((cause) => STATUS_OF[codeOf(cause) ?? ""]);
  return known.find((status) => status !== undefined) ?? STATUS.PROBE;
}

/** An argument: a number, a list of them, a word, a switch, the bits of a sequence of any length, or runs of SWD clocks. */
type Argument = "number" | "numbers" | "word" | "flag" | "bits" | "runs";

interface Types {
  readonly number: number;
  readonly numbers: readonly number[];
  readonly word: string;
  readonly flag: boolean;
  readonly bits: bigint;
  readonly runs: readonly LineRun[];
}

/** What an argument has to be. Long integers come as text, because JSON's numbers would lose their end. */
const READERS: { readonly [Name in Argument]: (given: unknown) => Types[Name] | undefined } = {
  number: (given) => (isWord(given) ? given : undefined),
  numbers: (given) => (Array.isArray(given) && given.every(isWord) ? given : undefined),
  word: (given) => (typeof given === "string" ? given : undefined),
  flag: (given) => (typeof given === "boolean" ? given : undefined),
  bits: (given) => bitsOf(given),
  runs: (given) => {
    const runs = Array.isArray(given) ? given.map(runOf) : [undefined];
    return runs.every((run) => run !== undefined) ? runs : undefined;
  },
};

const bitsOf = (given: unknown): bigint | undefined =>
  (Number.isSafeInteger(given) && (given as number) >= 0) || /^\d+$/.test(String(given))
    ? BigInt(given as string | number)
    : undefined;

/** The longest run of one row, in clocks (pyOCD, `DebugProbe.swd_sequence`). */
const MOST_CLOCKS = 64;

/** `[clocks]` that are read, or `[clocks, bits]` that are driven. */
function runOf(given: unknown): LineRun | undefined {
  if (!Array.isArray(given) || given.length < 1 || given.length > 2) return undefined;
  const [count, bits] = given as unknown[];
  if (!isWord(count) || count < 1 || count > MOST_CLOCKS) return undefined;
  if (given.length === 1) return { count };
  const driven = bitsOf(bits);
  return driven === undefined ? undefined : { count, drive: bytesOf(count, driven) };
}

const bytesOf = (count: number, bits: bigint): Uint8Array =>
  Uint8Array.from({ length: Math.ceil(count / 8) }, (_, i) => Number((bits >> BigInt(8 * i)) & 0xffn));

/** A number of 32 bits at most; bits of sequences are read by `bitsOf`. */
const isWord = (given: unknown): given is number =>
  Number.isSafeInteger(given) && (given as number) >= 0 && (given as number) <= 0xffffffff;

type Answer = Json | undefined;
type Handler = (remote: RemoteProbe, given: readonly unknown[]) => Promise<Answer>;

type Values<Names extends readonly Argument[]> = { [Index in keyof Names]: Types[Names[Index]] };

/** States a request: its arguments, and what it does; what comes of it is JSON, or nothing. */
function request<const Names extends readonly Argument[]>(
  names: Names,
  act: (remote: RemoteProbe, ...args: Values<Names>) => unknown,
): Handler {
  return async (remote, given) => {
    if (given.length !== names.length) throw new BadRequest(`it takes ${names.length} arguments, not ${given.length}`);
    const args = names.map((name, i) => READERS[name](given[i]) ?? refuse(`argument ${i + 1} is no ${name}`));
    return (await act(remote, ...(args as unknown as Values<Names>))) as Answer;
  };
}

function refuse(why: string): never {
  throw new BadRequest(why);
}

const nothing = request([], () => {});

/** Every request that is answered; pyOCD asks for no other while `capabilities` claims no more. */
const REQUESTS: { readonly [name: string]: Handler } = {
  hello: request(["number"], (_, version) => {
    if (version !== VERSION) refuse(`version ${version} is unknown, only ${VERSION}`);
  }),
  readprop: request(["word"], (remote, name) => remote.property(name)),
  open: nothing,
  close: nothing,
  lock: nothing,
  unlock: nothing,
  flush: nothing,
  connect: request(["word"], (remote, protocol) => remote.connect(protocol)),
  disconnect: request([], (remote) => remote.disconnect()),
  set_clock: request(["number"], (remote, hz) => remote.setClock(hz)),
  swj_sequence: request(["number", "bits"], (remote, count, bits) => remote.sequence(count, bits)),
  swd_sequence: request(["runs"], (remote, runs) => remote.swdSequence(runs)),
  reset: request([], (remote) => remote.reset()),
  assert_reset: request(["flag"], (remote, asserted) => remote.holdReset(asserted)),
  is_reset_asserted: request([], (remote) => remote.isReset()),
  read_dp: request(["number"], async (remote, address) => (await remote.read("dp", address, 1))[0]),
  write_dp: request(["number", "number"], (remote, address, word) => remote.write("dp", address, [word])),
  read_ap: request(["number"], async (remote, address) => (await remote.read("ap", address, 1))[0]),
  write_ap: request(["number", "number"], (remote, address, word) => remote.write("ap", address, [word])),
  read_ap_multiple: request(["number", "number"], (remote, address, count) => remote.read("ap", address, count)),
  write_ap_multiple: request(["number", "numbers"], (remote, address, words) => remote.write("ap", address, words)),
  // pyOCD then goes through the access port's registers itself.
  get_memory_interface_for_ap: request(["number", "number"], () => null),
  has_swo: request([], (remote) => remote.hasSwo),
  swo_start: request(["number"], (remote, hz) => remote.startSwo(hz)),
  swo_stop: request([], (remote) => remote.stopSwo()),
  swo_read: request([], (remote) => remote.readSwo()),
};

/** Answers one request; throws `BadRequest`, and what the probe throws. */
export async function answerRequest(remote: RemoteProbe, name: string, given: readonly unknown[]): Promise<Answer> {
  const handler = Object.hasOwn(REQUESTS, name) ? REQUESTS[name] : refuse(`there is no request ${name}`);
  return handler(remote, given);
}

/** The most words of one request; more than any client asks for at once. */
const MOST_WORDS = 0x10000;
/** The longest sequence on the wire, in bits. */
const MOST_BITS = 4096;

/** One of our probes in the hands of a pyOCD: raw transfers, with banks and access ports selected by the client. */
export class RemoteProbe {
  private readonly probe: Probe;
  private readonly clock: Clock;
  private port: DapPort | undefined;
  private hz = FIRST_HZ;

  constructor(probe: Probe, clock: Clock) {
    this.probe = probe;
    this.clock = clock;
  }

  property(name: string): Json {
    const { info } = this.probe;
    const properties: { readonly [name: string]: Json } = {
      capabilities: ["SWJ_SEQUENCE", "SWD_SEQUENCE", ...(this.hasSwo ? ["SWO"] : [])],
      supported_wire_protocols: ["DEFAULT", "SWD"],
      wire_protocol: this.port ? "SWD" : null,
      vendor_name: "Flashproof",
      product_name: info.product,
      unique_id: info.serial,
    };
    return Object.hasOwn(properties, name) ? properties[name] : refuse(`there is no property ${name}`);
  }

  async connect(protocol: string): Promise<void> {
    if (protocol !== "DEFAULT" && protocol !== "SWD") refuse(`the wire is SWD, not ${protocol}`);
    this.port = await this.probe.connect("swd", this.hz);
  }

  disconnect(): void {
    this.port = undefined;
  }

  async setClock(hz: number): Promise<void> {
    this.hz = hz;
    if (this.port) await this.probe.setSpeed(hz);
  }

  async sequence(count: number, bits: bigint): Promise<void> {
    if (count > MOST_BITS) refuse(`${count} bits are too many`);
    await this.connected.sequence(bytesOf(count, bits), count);
  }

  /** Status 0 (CMSIS-DAP's OK), and what was read in each run that is not driven, as numbers. */
  async swdSequence(runs: readonly LineRun[]): Promise<Json> {
    const clocks = runs.reduce((sum, { count }) => sum + count, 0);
    if (clocks > MOST_BITS) refuse(`${clocks} clocks are too many`);
    const levels = await this.connected.swdSequence(runs);
    return [0, levels.map((bytes) => [...bytes])];
  }

  async reset(): Promise<void> {
    await this.holdReset(true);
    await this.clock.sleep(RESET_US);
    await this.holdReset(false);
    await this.clock.sleep(RESET_US);
  }

  async holdReset(asserted: boolean): Promise<void> {
    await this.probe.setPins({ nreset: asserted ? 0 : 1 });
  }

  async isReset(): Promise<boolean> {
    return (await this.probe.setPins({})).nreset === 0;
  }

  async read(port: DapReg["port"], address: number, count: number): Promise<number[]> {
    if (count > MOST_WORDS) refuse(`${count} words are too many`);
    return Array.from(await this.connected.transfer([{ op: "read", reg: register(port, address), count }]));
  }

  async write(port: DapReg["port"], address: number, words: readonly number[]): Promise<void> {
    await this.connected.transfer([{ op: "write", reg: register(port, address), words }]);
  }

  get hasSwo(): boolean {
    return this.probe.swo !== undefined;
  }

  /** Listens by UART; the target's side is the client's. */
  async startSwo(hz: number): Promise<void> {
    const own = hz === 0 ? 0 : await this.receiver.speedFor(hz);
    if (!isNear(own, hz) || own === 0) refuse(`the probe has no speed near ${hz} Hz`);
    await this.receiver.start(own);
  }

  async stopSwo(): Promise<void> {
    await this.receiver.stop();
  }

  /** The bytes that have come since the last time, as numbers. */
  async readSwo(): Promise<Json> {
    return [...(await this.receiver.read()).bytes];
  }

  private get receiver(): SwoReceiver {
    return this.probe.swo ?? refuse("this probe has no receiver for SWO");
  }

  private get connected(): DapPort {
    if (this.port) return this.port;
    throw new ProbeError("probe-protocol", "Not connected to the target");
  }
}

/** A[3:2] of an address; what stands above it has been written to SELECT by the client. */
const register = (port: DapReg["port"], address: number): DapReg => ({ port, a: (address & 0xc) as DapReg["a"] });
