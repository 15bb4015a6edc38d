import type { Json } from "../../base/errors.ts";
import { connect, flashImage, type Progress } from "../../entry/browser.ts";
import { verifyJson, verifyLines } from "../../report/verify-report.ts";
import { buildTwin, loadFamilyModels, loadProbeKind, type TwinOptions } from "../../twin/usb.ts";
import type { Rehearsed, RehearsalOptions, WorkEvent } from "../protocol.ts";
import type { WorkContext } from "./context.ts";
import { givenChip } from "./given-chip.ts";
import { givenWholeImage } from "./given-image.ts";
import { Timeline, Traffic } from "./timeline.ts";

/** The board's time between two looks at what the firmware sends, in microseconds. */
const LOOK_US = 20_000;

/** Flashes a new simulated board, compares it, and lets its firmware run. Throws what connecting and flashing throw. */
export async function rehearse(options: RehearsalOptions, { emit }: Pick<WorkContext, "emit">): Promise<Rehearsed> {
  const { file, chip, security, probe, faults, runMs } = options;
  const target = await givenChip(chip);
  const { image, guesses } = await givenWholeImage(file, target);
  const models = await loadFamilyModels(target.familyName);
  const sent = new SentText(emit);
  const model = probe as NonNullable<TwinOptions["probe"]>;
  const given = { chip, probe: model, ...(faults === "" ? {} : { faults }) };
  const twin = buildTwin({ ...given, uart: (bytes) => sent.add(bytes) }, models, await loadProbeKind(probe));
  const traffic = new Traffic();
  const connection = await connect({ probe: twin, chip, trace: traffic });
  try {
    const timeline = new Timeline(twin.clock, traffic);
    const onProgress = (progress: Progress) => emit({ kind: "progress", ...progress });
    const onPhase = timeline.note;
    const { plan, verify, phases, totalMs } = await flashImage(connection, image, { security, onProgress, onPhase });
    const slices = timeline.slices;
    await connection.session.reset("system", "run");
    for (let us = 0; us < runMs * 1000; us += LOOK_US) await twin.clock.sleep(LOOK_US);
    return {
      digest: plan.digest,
      verdict: verify.verdict,
      guesses,
      lines: verifyLines(verify),
      phases: { ...phases },
      totalMs,
      timeline: slices,
      json: verifyJson(verify) as Json,
      uart: sent.text,
    };
  } finally {
    await connection.close();
  }
}

/** What the firmware sends, given on as it comes. */
class SentText {
  text = "";
  private readonly decoder = new TextDecoder();
  private readonly emit: (event: WorkEvent) => void;

  constructor(emit: (event: WorkEvent) => void) {
    this.emit = emit;
  }

  add(bytes: Uint8Array): void {
    const text = this.decoder.decode(bytes, { stream: true });
    this.text += text;
    this.emit({ kind: "uart", text });
  }
}
