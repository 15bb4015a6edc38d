import type { AccessBytes, SequenceDriver, SequenceTarget } from "./driver.ts";
import { messageText } from "./message-text.ts";
import type { Position } from "./sequence.ts";
import { failedSequence, invalidSequence, refusedFunction } from "./sequence-error.ts";

/** What a function is called with, and how its driver is reached. */
export interface CallContext {
  readonly driver: SequenceDriver;
  /** The ports that the sequence's variables name now. */
  readonly target: SequenceTarget;
  readonly name: string;
  readonly at: Position;
  /** Its arguments: numbers and texts as `FunctionShape` has them. */
  readonly values: readonly (bigint | string)[];
}

/** The arguments of a function. */
export interface FunctionShape {
  readonly args: readonly ("number" | "text")[];
  /** Whether any number of them, of both kinds, may follow. */
  readonly more?: boolean;
}

interface SequenceFunction extends FunctionShape {
  /** What one that has a value does. */
  readonly value?: (context: CallContext) => Promise<bigint | number>;
  /** What one that has none does. */
  readonly act?: (context: CallContext) => Promise<void>;
}

const numbers = (count: number): FunctionShape["args"] => Array.from({ length: count }, () => "number");

/** Accesses to memory of each width. */
const MEMORY = ([1, 2, 4, 8] as const).flatMap((bytes): readonly [string, SequenceFunction][] => [
  [
    `Read${bytes * 8}`,
    { args: numbers(1), value: (call) => call.driver.read(call.target, addressIn(call, bytes), bytes) },
  ],
  [
    `Write${bytes * 8}`,
    {
      args: numbers(2),
      act: (call) =>
        call.driver.write(call.target, addressIn(call, bytes), bytes, BigInt.asUintN(bytes * 8, numberIn(call, 1))),
    },
  ],
]);

/** Registers of ports. */
const PORTS: { readonly [name: string]: SequenceFunction } = {
  ReadDP: { args: numbers(1), value: (call) => call.driver.readDp(call.target.dp, registerIn(call, 0xff)) },
  WriteDP: {
    args: numbers(2),
    act: (call) => call.driver.writeDp(call.target.dp, registerIn(call, 0xff), lowWord(call, 1)),
  },
  DAP_WriteABORT: { args: numbers(1), act: (call) => call.driver.writeDp(call.target.dp, 0, lowWord(call, 0)) },
  ReadAP: { args: numbers(1), value: (call) => call.driver.readAp(call.target, registerIn(call, 0xfff)) },
  WriteAP: {
    args: numbers(2),
    act: (call) => call.driver.writeAp(call.target, registerIn(call, 0xfff), lowWord(call, 1)),
  },
  ReadAccessAP: {
    args: numbers(1),
    value: (call) => call.driver.readAccessAp?.(call.target.dp, registerIn(call, 0xffff_ffff)) ?? refuse(call),
  },
  WriteAccessAP: {
    args: numbers(2),
    act: (call) =>
      call.driver.writeAccessAp?.(call.target.dp, registerIn(call, 0xffff_ffff), lowWord(call, 1)) ?? refuse(call),
  },
};

/** What works on the probe rather than on the target. */
const PROBE: { readonly [name: string]: SequenceFunction } = {
  DAP_Delay: { args: numbers(1), act: (call) => call.driver.delay(wordIn(call, 0)) },
  DAP_SWJ_Pins: {
    args: numbers(3),
    value: (call) => call.driver.pins?.(lowWord(call, 0), lowWord(call, 1), wordIn(call, 2)) ?? refuse(call),
  },
  DAP_SWJ_Clock: { args: numbers(1), act: (call) => call.driver.clock?.(wordIn(call, 0)) ?? refuse(call) },
  DAP_SWJ_Sequence: {
    args: numbers(2),
    act: (call) => {
      const count = bitCountIn(call);
      return call.driver.swjSequence?.(count, BigInt.asUintN(count, numberIn(call, 1))) ?? refuse(call);
    },
  },
};

/** What is between the sequence and its user. */
const USER: { readonly [name: string]: SequenceFunction } = {
  Query: {
    args: ["number", "text", "number"],
    value: (call) => call.driver.query(textIn(call, 1), numberIn(call, 2)),
  },
  QueryValue: {
    args: ["text", "number"],
    value: (call) => call.driver.query(textIn(call, 0), numberIn(call, 1)),
  },
  Message: {
    args: ["number", "text"],
    more: true,
    act: async (call) => {
      const level = numberIn(call, 0);
      const text = messageText(textIn(call, 1), call.values.slice(2));
      await call.driver.message(level > 2n ? 2 : Number(level), text);
      if (level >= 2n) throw failedSequence("message", `The sequence ends with an error of its own: ${text}`, { text });
    },
  },
};

const FUNCTIONS: ReadonlyMap<string, SequenceFunction> = new Map([
  ...MEMORY,
  ...Object.entries({ ...PORTS, ...PROBE, ...USER }),
]);

/** `Sequence("NAME")` is the interpreter's own. */
const SEQUENCE: FunctionShape = { args: ["text"] };

/** The arguments of a function; undefined where Flashproof does not have it. */
export const shapeOf = (name: string): FunctionShape | undefined =>
  name === "Sequence" ? SEQUENCE : FUNCTIONS.get(name);

/**
 * Does what a function does, `Sequence` apart, and answers its value; 0 where it has none. Throws `sequence-unsupported` for
 * one that Flashproof or the driver does not have, `sequence-invalid` for a value that none of its arguments can have, and
 * what the driver throws.
 */
export async function callFunction(context: CallContext): Promise<bigint> {
  const found = FUNCTIONS.get(context.name);
  if (found?.value) return BigInt(await found.value(context));
  await (found?.act?.(context) ?? refuse(context));
  return 0n;
}

type Called = Pick<CallContext, "name" | "at" | "values">;

function refuse({ name, at }: Called): never {
  throw refusedFunction(name, at);
}

/** An address of memory: 32 bits, and a multiple of the access's size. */
function addressIn(called: Called, bytes: AccessBytes): number {
  const address = wordIn(called, 0);
  if (address % bytes === 0) return address;
  throw invalidSequence("argument", `${called.name} at 0x${address.toString(16)} is not aligned`, called.at);
}

/** A register of a port: a multiple of 4. */
function registerIn(called: Called, most: number): number {
  const register = wordIn(called, 0);
  if (register % 4 === 0 && register <= most) return register;
  throw invalidSequence("argument", `${called.name}: 0x${register.toString(16)} is no register of the port`, called.at);
}

function bitCountIn(called: Called): number {
  const count = numberIn(called, 0);
  if (count >= 1n && count <= 64n) return Number(count);
  throw invalidSequence("argument", `${called.name} has 1 to 64 bits, not ${count}`, called.at);
}

/** What is written to a register of 32 bits: the low ones of a value, as in C. */
const lowWord = (called: Called, i: number): number => Number(BigInt.asUintN(32, numberIn(called, i)));

/** That these are numbers and texts was compared with the function's shape as the sequence was read. */
const numberIn = ({ values }: Called, i: number): bigint => values[i] as bigint;

const textIn = ({ values }: Called, i: number): string => values[i] as string;

/** What can't be cut off: an address, a time. */
function wordIn(called: Called, i: number): number {
  const value = numberIn(called, i);
  if (value <= 0xffff_ffffn) return Number(value);
  throw invalidSequence("argument", `${called.name}: 0x${value.toString(16)} has more than 32 bits`, called.at);
}
