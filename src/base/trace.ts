import type { Clock, Picoseconds } from "./clock.ts";
import { codeOf, type Json } from "./errors.ts";

/** The layers that write trace records, from the wire up. */
export type TraceLayer = "usb" | "probe" | "dp" | "ap" | "memory" | "core" | "flash" | "session";

/** `info`: what a job did; `debug`: calls of core, loader and session; `trace`: memory, transfers and packets. */
export type TraceLevel = "info" | "debug" | "trace";

/** Values of one record: text, numbers and what JSON can hold. */
export type TraceFields = { readonly [name: string]: Json };

/** One thing that happened in one layer. */
export interface TraceRecord {
  /** When it ended, on the clock of the connection. */
  readonly at: Picoseconds;
  /** The layer that it happened in. */
  readonly layer: TraceLayer;
  /** How much detail it is. */
  readonly level: TraceLevel;
  /** The call or event in one word: `transferIn`, `read`, `halt`, `eraseSector`. */
  readonly event: string;
  /** What the event is about: addresses as text, lengths in bytes, packets as hex. */
  readonly fields: TraceFields;
  /** How long a call took; absent on events. */
  readonly took?: Picoseconds;
  /** The code of the error that a call threw. */
  readonly error?: string;
}

/** Where records go, and from which level on they are wanted. */
export interface TraceSink {
  /** The last level that is wanted: `info`, then `debug`, then `trace`. */
  readonly level: TraceLevel;
  /** Receives each record, in the order in which the calls ended. */
  write(record: TraceRecord): void;
}

const LEVELS: readonly TraceLevel[] = ["info", "debug", "trace"];

/** Records built by this process; a run without a sink builds none. */
let built = 0;

/** How many records were built since the process started. */
export const recordsBuilt = (): number => built;

/** Whether a sink wants records of a level. */
export const wantsLevel = (sink: TraceSink, level: TraceLevel): boolean =>
  LEVELS.indexOf(level) <= LEVELS.indexOf(sink.level);

/** The trace of one connection: stamps records with its clock. Layers have one only where the user asked for it. */
export class Trace {
  private readonly clock: Clock;
  private readonly sink: TraceSink;

  constructor(clock: Clock, sink: TraceSink) {
    this.clock = clock;
    this.sink = sink;
  }

  /** Writes an event; `fields` is called only where the level is wanted. */
  event(layer: TraceLayer, level: TraceLevel, event: string, fields: () => TraceFields): void {
    if (wantsLevel(this.sink, level)) this.write({ at: this.clock.now(), layer, level, event, fields: fields() });
  }

  /** Runs a call and writes what it was, how long it took, and what it resolved to or threw. */
  async call<T>(description: TracedCall<T>, run: () => Promise<T>): Promise<T> {
    const { layer, level, event, fields, result } = description;
    if (!wantsLevel(this.sink, level)) return run();
    const from = this.clock.now();
    const record = (more: TraceFields, error?: string) =>
      this.write({
        at: this.clock.now(),
        layer,
        level,
        event,
        fields: { ...fields(), ...more },
        took: this.clock.now() - from,
        ...(error === undefined ? {} : { error }),
      });
    try {
      const value = await run();
      record(result?.(value) ?? {});
      return value;
    } catch (error) {
      record({}, codeOf(error) ?? "internal");
      throw error;
    }
  }

  private write(record: TraceRecord): void {
    built++;
    this.sink.write(record);
  }
}

/** What is written of one call. */
export interface TracedCall<T> {
  readonly layer: TraceLayer;
  readonly level: TraceLevel;
  readonly event: string;
  readonly fields: () => TraceFields;
  readonly result?: (value: T) => TraceFields;
}

/** How the calls of one method are described: its arguments, and what it resolves to. */
export interface MethodTrace {
  readonly level: TraceLevel;
  /** Takes the method's own arguments. */
  readonly fields?: (...args: never[]) => TraceFields;
  /** Takes what the method resolves to. */
  readonly result?: (value: never) => TraceFields;
}

/**
 * The object with some of its asynchronous methods traced; everything else, and what its own methods call, is as before.
 *
 * @example traceMethods(probe, trace, "probe", { setPins: { level: "debug", fields: (pins) => ({ ...pins }) } })
 */
export function traceMethods<T extends object>(
  target: T,
  trace: Trace,
  layer: TraceLayer,
  methods: { readonly [name in keyof T]?: MethodTrace },
): T {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name, object);
      if (typeof value !== "function") return value;
      const method = (value as (...args: unknown[]) => Promise<unknown>).bind(object);
      const described = methods[name as keyof T];
      if (!described) return method;
      return (...args: unknown[]) => {
        const { level } = described;
        // The described method's own types: `fields` takes its arguments, `result` its value.
        const fields = described.fields as ((...args: readonly unknown[]) => TraceFields) | undefined;
        const result = described.result as ((value: unknown) => TraceFields) | undefined;
        const call = {
          layer,
          level,
          event: String(name),
          fields: () => fields?.(...args) ?? {},
          ...(result && { result }),
        };
        return trace.call(call, () => method(...args));
      };
    },
  });
}
