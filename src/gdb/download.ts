import { HostError } from "../base/errors.ts";
import { address32 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import { buildImage } from "../image/build-image.ts";
import { FlashError } from "../flash/flash-error.ts";
import type { FlashPlan } from "../flash/plan/plan.ts";
import { ImageError, type Segment } from "../image/image.ts";
import { type FlashReport, flashImage } from "../session/flash-job.ts";
import type { Debugged } from "./debugged.ts";

/** Pieces that a download may have beside one for each `PIECE` bytes of flash. */
const SPARE_PIECES = 1024;

/** The shortest piece, in bytes, of which a whole flash may come. */
const PIECE = 64;

/** What a client writes to flash: collected from `vFlashErase` on, and programmed by one job at `vFlashDone`. */
export class Download {
  private readonly debuggee: Debugged;
  private segments: Segment[] = [];
  private collected = 0;
  private erased = 0;
  private refusal: ImageError | undefined;

  constructor(debuggee: Debugged) {
    this.debuggee = debuggee;
  }

  /** `vFlashErase`: nothing is erased yet; the job erases what it has to. */
  erase(length: number): void {
    this.checkCore();
    this.erased += length;
  }

  /**
   * `vFlashWrite`; throws `image-too-large` for more than the chip's flash holds. Nothing of such a download is programmed:
   * the writes after it are refused, too, and so is its end.
   */
  write(address: number, bytes: Uint8Array): void {
    this.checkCore();
    if (this.refusal) throw this.refusal;
    const most = flashBytes(this.debuggee.session.found.chip);
    if (this.collected + bytes.length > most || this.segments.length >= most / PIECE + SPARE_PIECES) {
      this.forget();
      this.refusal = tooLarge(most);
      throw this.refusal;
    }
    this.collected += bytes.length;
    this.segments.push({ name: "load", address, bytes: bytes.slice() });
  }

  /** Programs what plain writes have collected, before a packet that isn't one more of them; a refusal is reported. */
  async settle(): Promise<void> {
    const { host, options, report } = this.debuggee;
    if (options.flashBy !== "writes" || (this.segments.length === 0 && !this.refusal)) return;
    await this.finish().catch((error: unknown) => report.call(this.debuggee, host.explain(error)));
  }

  /** The client is gone without a detach or kill: half of an image is not programmed. */
  abandon(): void {
    const bytes = this.collected;
    this.forget();
    if (bytes > 0)
      this.debuggee.host.print(`load: the client ended before the end of it; ${bytes} bytes were not programmed`);
  }

  /**
   * `vFlashDone`: plans, checks the security bytes, programs and verifies, then resets and halts, so that SP, PC and the
   * vector table are the new image's. Throws what the job throws, and reports it.
   */
  async finish(): Promise<void> {
    const { debuggee } = this;
    const { segments, erased, refusal } = this;
    this.forget();
    if (refusal) throw refusal;
    if (segments.length === 0) return this.refuseErase(erased);
    await debuggee.points.clearSoftware();
    const { policy, permits } = debuggee.options;
    const image = buildImage({ format: "raw", segments });
    const onPlan = (plan: FlashPlan) => this.reportPlan(plan);
    const report = await flashImage(debuggee.session, { image, policy, permits, keepRest: true, onPlan });
    this.reportResult(report);
    await debuggee.resetAndHalt();
  }

  /** Throws `usage` where flash is programmed by another core's port. */
  private checkCore(): void {
    const { servedCore } = this.debuggee.options;
    if (servedCore?.jobsBy === undefined) return;
    throw new HostError("usage", `${servedCore.name} programs no flash: load by the port of ${servedCore.jobsBy}`);
  }

  private forget(): void {
    [this.segments, this.collected, this.erased, this.refusal] = [[], 0, 0, undefined];
  }

  private refuseErase(erased: number): void {
    if (erased === 0) return;
    throw new HostError("usage", `GDB asks to erase ${erased / 1024} KB and to write nothing: \`fp erase\` does that`);
  }

  /** What differs from the file is said before it is done: `compare-sections` shows the difference later. */
  private reportPlan({ changes, sectors }: FlashPlan): void {
    const { host, news } = this.debuggee;
    const equal = sectors.filter(({ action }) => action === "unchanged").length;
    host.print(`load: ${sectors.length} sectors, ${equal} of them hold it already`);
    if (changes.length === 0) return;
    const places = changes.map(({ address }) => address32(address)).join(", ");
    const line = `load: the chip is kept open, so ${places} differ from the file; compare-sections will show that section as MIS-MATCHED`;
    host.print(line);
    news.push(line);
  }

  private reportResult({ run, verify, totalMs }: FlashReport): void {
    const { host } = this.debuggee;
    const { sectorsErased, bytesProgrammed } = run;
    host.print(
      `load: ${sectorsErased} sectors erased, ${bytesProgrammed} bytes programmed in ${Math.round(totalMs)} ms, verify: ${verify.verdict}`,
    );
    if (verify.verdict !== "different") return;
    const [{ address }] = verify.differences;
    throw new FlashError("verify-differs", `The flash at ${address32(address)} doesn't hold what was loaded`, {
      details: { address: address32(address) },
    });
  }
}

const tooLarge = (most: number): ImageError =>
  new ImageError(
    "image-too-large",
    `GDB has written more than the ${most / 1024} KB of flash, or in too small pieces; nothing of it is programmed`,
    { details: { bytes: most } },
  );

/** How much all of a chip's banks hold; without a chip no flash is known. */
const flashBytes = (chip: Chip | undefined): number => (chip?.banks ?? []).reduce((sum, { length }) => sum + length, 0);
