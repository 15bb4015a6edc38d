import { DebugPort } from "../../src/adi/debug-port.ts";
import { FlashproofError } from "../../src/base/errors.ts";
import { MK24FN1M0xxx12 as chip } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { explainDifferences } from "../../src/doctor/differences.ts";
import { permit } from "../../src/flash/permit.ts";
import { planFlash } from "../../src/flash/plan/plan.ts";
import { buildImage } from "../../src/image/build-image.ts";
import type { Image } from "../../src/image/image.ts";
import type { Need, Policy } from "../../src/protection/effective-image.ts";
import { lintProtection } from "../../src/protection/lint-image.ts";
import { board, flashBoard, onTarget, probeOf } from "../support/board.ts";
import type { Twin, TwinState } from "../../src/twin/usb.ts";
import { fsecInput } from "../unit/doctor/inputs.ts";

/** Where FSEC lies; stated here and not taken from the code that is judged. */
const FSEC = 0x40c;

/** What the silicon does with a security byte: three bits of its MDM-AP after a reset, and an attempt to erase it. */
interface Truth {
  readonly secured: boolean;
  readonly massErase: boolean;
  readonly backdoor: boolean;
  /** A mass erase was tried on the secured chip, and it was open afterwards. */
  readonly opened: boolean;
}

/**
 * All 256 values of FSEC, each programmed on a board of its own with every consent given, reset, and asked over its
 * MDM-AP what it has become. The board is the judge; `lint`, `plan` and the three policies are what is judged.
 * Always all values, whatever the count.
 */
export async function run({ out }: { out: (line: string) => void }): Promise<number> {
  const state = await readyBoard();
  const values = Array.from({ length: 256 }, (_, value) => value);
  const truths: Truth[] = [];
  for (const value of values) truths.push(await truthOf(state, value));
  console.log("value secured massErase backdoor verdict");
  for (const value of values) console.log(rowOf(value, truths[value]));
  const problems: string[] = [];
  for (const value of values) problems.push(...(await disagreements(state, value, truths)));
  for (const problem of problems) console.log(problem);
  const bricks = values.filter((value) => isBrick(truths[value]));
  const without = bricks.filter((value) => !truths[value].backdoor);
  const near = values.filter((value) => isNear(value, truths));
  const open = near.filter((value) => !truths[value].secured);
  out(`values 256, policies 3, mass erases tried ${truths.filter(({ secured }) => secured).length}`);
  console.log(`near-lock tokens for secured values ${near.length - open.length}`);
  const tokens = `token needed ${bricks.length} (${without.length} without back door)`;
  const unexplained = values.flatMap((image) => values.filter((held) => held !== image && !isExplained(image, held)));
  console.log(
    `disagreements ${problems.length}, ${tokens}, neighbours ${open.length}, pairs without a cause ${unexplained.length}`,
  );
  return problems.length + unexplained.length === 0 ? 0 : 1;
}

/** Whether a chip's byte in place of an image's has a cause, and each cause a remedy. */
function isExplained(image: number, held: number): boolean {
  const { causes } = explainDifferences(fsecInput(image, held));
  return causes.length > 0 && causes.every(({ remedy }) => remedy.length > 0);
}

const isBrick = ({ secured, opened }: Truth): boolean => secured && !opened;

/** Whether a cut while the byte is programmed over FF can leave a brick: bits fall one by one, in any order. */
const isNear = (value: number, truths: readonly Truth[]): boolean =>
  !isBrick(truths[value]) && truths.some((truth, left) => (left & value) === value && isBrick(truth));

function rowOf(value: number, truth: Truth): string {
  const yes = (is: boolean) => (is ? "yes" : "no");
  return `${hex(value)} ${yes(truth.secured)} ${yes(truth.massErase)} ${yes(truth.backdoor)} ${verdictOf(truth)}`;
}

function verdictOf(truth: Truth): string {
  if (!truth.secured) return "open";
  if (truth.opened) return "locked";
  return truth.backdoor ? "locked-backdoor-only" : "locked-for-ever";
}

const hex = (value: number): string => `0x${value.toString(16).toUpperCase().padStart(2, "0")}`;

/** Vectors to an endless loop behind the field: firmware that runs, so that no reset loop blurs the lock state. */
function imageOf(fsec: number): Image {
  const bytes = new Uint8Array(0x412).fill(0xff);
  bytes.set([0x00, 0x00, 0x03, 0x20, 0x11, 0x04, 0x00, 0x00], 0);
  bytes[FSEC] = fsec;
  bytes.set([0xfe, 0xe7], 0x410);
  return buildImage({ format: "raw", segments: [{ name: "loop", address: 0, bytes }] });
}

async function readyBoard(): Promise<TwinState> {
  const twin = boardOf();
  await flashBoard(twin, imageOf(0xfe));
  return twin.snapshot();
}

const boardOf = (state?: TwinState): Twin => board({ flash: "zero", ...(state ? { state } : {}) });

const needsOf = (value: number, policy: Policy): readonly Need[] =>
  planFlash({ chip, image: imageOf(value), policy, keepRest: true }).needs;

const allPermits = (needs: readonly Need[]) => needs.map((need) => permit(need.act, need.token ?? "any"));

async function truthOf(state: TwinState, value: number): Promise<Truth> {
  const twin = boardOf(state);
  const permits = allPermits(needsOf(value, "as-image"));
  await flashBoard(twin, imageOf(value), { policy: "as-image", permits });
  if (twin.peekFlash(FSEC, 1)[0] !== value) throw new Error(`${hex(value)} was not programmed`);
  const status = await statusAfterReset(twin);
  const secured = (status & 0x04) !== 0;
  const opened = secured && (await triesMassErase(twin));
  return { secured, massErase: (status & 0x20) !== 0, backdoor: (status & 0x40) !== 0, opened };
}

/**
 * MDM-AP status after a power-on reset, read raw once its flash-ready bit (1) stands. The reset line is held for that:
 * a blank chip resets itself over and over, and its status flickers.
 */
async function statusAfterReset(twin: Twin): Promise<number> {
  twin.powerCut();
  await twin.clock.sleep(20_000);
  const probe = await probeOf(twin);
  try {
    await probe.setPins({ nreset: 0 });
    const dp = await DebugPort.connect(await probe.connect("swd", 4_000_000), twin.clock);
    for (let looks = 0; looks < 1_000; looks++) {
      const status = await dp.accessPort(1).read(0);
      if (status & 0x02) return status;
    }
    throw new Error("the flash never became ready");
  } finally {
    await probe.close();
  }
}

/** Whether a mass erase that is asked for opens the chip. */
async function triesMassErase(twin: Twin): Promise<boolean> {
  await onTarget(twin, (session) => session.unlock([permit("mass-erase")])).catch(onlyOurs);
  return ((await statusAfterReset(twin)) & 0x04) === 0;
}

function onlyOurs(error: unknown): void {
  if (!(error instanceof FlashproofError)) throw error;
}

/** Everything that lint, plan or a policy says of a value and that the board says otherwise. */
async function disagreements(state: TwinState, value: number, truths: readonly Truth[]): Promise<readonly string[]> {
  const truth = truths[value];
  const near = isNear(value, truths);
  const guarded = truth.secured || near;
  const findings = lintProtection(imageOf(value), chip).map(({ id }) => id);
  const needs = needsOf(value, "as-image");
  const has = (act: Need["act"]) => needs.find((need) => need.act === act);
  const kept = await keptOpen(state, value);
  const claims: readonly (readonly [claim: string, claimed: unknown, is: unknown])[] = [
    ["lint: for ever", findings.includes("fsec-locks-for-ever"), isBrick(truth) && !truth.backdoor],
    ["lint: back door only", findings.includes("fsec-locks-backdoor-only"), isBrick(truth) && truth.backdoor],
    ["lint: locks", findings.includes("fsec-locks"), truth.secured && truth.opened],
    ["lint: neighbour", findings.includes("fsec-neighbour"), near],
    ["plan: token for ever", has("lock-for-ever")?.token !== undefined, isBrick(truth)],
    ["plan: token near", has("near-lock")?.token !== undefined, near],
    ["plan: lock", has("lock") !== undefined, truth.secured && truth.opened],
    ["refuse: refuses", await refuses(state, value, "refuse", []), guarded],
    ["as-image: refuses without consent", await refuses(state, value, "as-image", []), guarded],
    ["as-image: refuses a false token", await refuses(state, value, "as-image", falseTokens(needs)), hasToken(needs)],
    ["keep-open: chip open", !truths[kept].secured && !isNear(kept, truths), true],
    ["keep-open: untouched if harmless", kept === value, !guarded],
  ];
  return claims.filter(([, claimed, is]) => claimed !== is).map(([claim]) => `${hex(value)}: ${claim}`);
}

const hasToken = (needs: readonly Need[]): boolean => needs.some((need) => need.token !== undefined);

const falseTokens = (needs: readonly Need[]) =>
  needs.map((need) => permit(need.act, need.token === undefined ? "any" : `irrev-${need.act}-00000000`));

/** Whether a job is refused, and nothing of the flash touched then. */
async function refuses(
  state: TwinState,
  value: number,
  policy: Policy,
  permits: ReturnType<typeof allPermits>,
): Promise<boolean> {
  const twin = boardOf(state);
  const before = twin.flashCommands;
  try {
    await flashBoard(twin, imageOf(value), { policy, permits });
    return false;
  } catch (error) {
    onlyOurs(error);
    return twin.flashCommands === before;
  }
}

/** What the silicon holds after a job that keeps the chip open, without a consent. */
async function keptOpen(state: TwinState, value: number): Promise<number> {
  const twin = boardOf(state);
  await flashBoard(twin, imageOf(value), { policy: "keep-open" });
  return twin.peekFlash(FSEC, 1)[0];
}
