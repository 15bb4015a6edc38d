import type {
  DebugAccess,
  LockExit,
  LockPlace,
  LockTable,
  LockTest,
  ProtectionScheme,
} from "../chips/protection-scheme.ts";
import type { DecodedField } from "../registers/register.ts";
import { holds } from "./field-value.ts";

/** Whether a chip is locked, as what was read shows. */
export interface LockState {
  /** The table's name of the state: `open`, `locked`. */
  readonly state: string;
  /** The state in words: `secured`. */
  readonly words: string;
  /** How far a debugger gets: `partial` where core and RAM are open, and the flash is not. */
  readonly debug: DebugAccess;
  /** Whether some of the chip's memory is closed to a debugger. */
  readonly locked: boolean;
  /** False while what was read does not count yet, as right after a reset. */
  readonly certain: boolean;
  readonly inReset: boolean;
  /** The first way out that is open; absent where no tool has one. */
  readonly exit?: LockExit;
  /** Whether the chip's own firmware could open it. */
  readonly byFirmware: boolean;
  /** The status word as read, with every bit in words; absent where the table has none. */
  readonly status?: { readonly value: number; readonly bits: readonly DecodedField[] };
}

/** What was read at a place: a word, a refusal, or undefined where it was not read. */
export type LockAnswer = number | "fault" | undefined;

/** What a lock is polled for after every reset is found once for each table. */
const known = new WeakMap<LockTable, readonly LockPlace[]>();

/** The places that a table's tests look at, each once, in the order of the table. */
export function lockPlaces(table: LockTable): readonly LockPlace[] {
  const places = known.get(table) ?? placesOf(table);
  known.set(table, places);
  return places;
}

function placesOf(table: LockTable): readonly LockPlace[] {
  const tests = [table.certain, table.inReset, table.byFirmware, ...table.states.flatMap((row) => row.tests)];
  const ways = table.exits.flatMap(({ tests }) => tests);
  const places = [...tests, ...ways].flatMap((test) => (test ? [placeOf(test)] : []));
  return [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
}

/** What a table says of answers; throws `RangeError` where no row fits, which a table's last row prevents. */
export function lockStateOf(scheme: Locked, answer: (place: LockPlace) => LockAnswer): LockState {
  const { lock: table, exits } = scheme;
  const isSo = (test: LockTest) => passes(test, answer(test));
  const row = table.states.find(({ tests }) => tests.every(isSo));
  if (!row) throw new RangeError("No lock state fits what was read");
  const way = table.exits.find(({ tests }) => tests.every(isSo));
  const exit = exits.find(({ name }) => name === way?.exit);
  const status = table.status && answer(lockPlaces(table)[0]);
  return {
    state: row.state,
    words: row.words,
    debug: row.debug,
    locked: row.debug !== "open",
    certain: table.certain ? isSo(table.certain) : true,
    inReset: table.inReset ? isSo(table.inReset) : false,
    ...(exit ? { exit } : {}),
    byFirmware: table.byFirmware ? isSo(table.byFirmware) : false,
    ...(table.status && typeof status === "number"
      ? { status: { value: status, bits: table.status.decode(status) } }
      : {}),
  };
}

/** A scheme whose lock can be seen. */
export type Locked = Pick<ProtectionScheme, "exits"> & { readonly lock: LockTable };

function passes(test: LockTest, answer: LockAnswer): boolean {
  if ("fault" in test) return answer === "fault";
  return typeof answer === "number" && holds(test, answer);
}

const placeOf = (test: LockTest): LockPlace =>
  test.on === "port"
    ? { on: "port", register: test.register }
    : { on: "memory", address: test.address, width: test.width };
