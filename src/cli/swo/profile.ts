import { elfFunctions } from "../../image/elf-functions.ts";
import { writeWhole } from "../../node/files/output-file.ts";
import { outputTarget } from "../../node/files/output-target.ts";
import { inColumns } from "../../report/columns.ts";
import { flamePage } from "../../report/flame-page.ts";
import { type CodeSymbol, type ProfileRow, profileOf } from "../../swo/profile.ts";
import { SwoTally } from "../../swo/tally.ts";
import { address32 } from "../../base/u32.ts";
import type { Answer } from "../output.ts";
import type { OptionsOf } from "../options/sets.ts";
import { listenToSwo } from "./listen.ts";
import { withTarget } from "../target.ts";
import { type Invocation, note } from "../verb.ts";

type ProfileInvocation = Invocation<OptionsOf<"profile">>;

/**
 * `profile [ELF]`: samples PC by SWO without stopping the core, and counts the samples by function: a table, and with
 * `--html` a flame picture. Throws `swo-unsupported`, and what reading the ELF throws.
 */
export function profile(invocation: ProfileInvocation): Promise<Answer> {
  const { options, args, signal } = invocation;
  const symbols: readonly CodeSymbol[] = args.length === 0 ? [] : elfFunctions(invocation.readFile(args[0]));
  if (options.html !== undefined) outputTarget(options.html);
  return withTarget(
    invocation,
    async ({ session, open }) => {
      const tally = new SwoTally();
      const captured = await listenToSwo(
        {
          session,
          open,
          signal,
          forMs: options.for,
          take: (_, packets) => tally.addAll(packets),
        },
        {
          ports: 0,
          samples: true,
          mostHz: options.baud,
          ...(options.clock !== undefined && { clockHz: options.clock }),
        },
      );
      const rows = profileOf(tally.samples, symbols);
      const total = tally.counts.pc ?? 0;
      const every = captured.capture.content.samples?.cycles ?? 0;
      if (captured.losses > 0 || tally.counts.overflow)
        note(invocation, "some samples were lost; the shares of the others are right as far as the loss was even");
      const page = { title: `Profile of ${session.found.chip?.name ?? "the target"}`, rows, total };
      const notes = [`${total} samples of PC, one every ${every} cycles, for ${options.for} ms`];
      if (options.html !== undefined) writeWhole(options.html, flamePage({ ...page, notes }));
      return {
        result: { samples: total, everyCycles: every, functions: rows.map(rowFields) },
        text: [...notes, ...tableOf(rows, options.top)],
        exit: 0,
        clock: open.clockKind,
      };
    },
    { connect: "attach" },
  );
}

const rowFields = ({ name, file, start, samples, percent }: ProfileRow) => ({
  name,
  file: file ?? null,
  start: start === undefined ? null : address32(start),
  samples,
  percent: Math.round(percent * 100) / 100,
});

function tableOf(rows: readonly ProfileRow[], top: number): readonly string[] {
  const shown = rows.slice(0, top);
  const cells = shown.map(({ name, file, samples, percent }) => [
    `${percent.toFixed(1)} %`,
    String(samples),
    name,
    file ?? "",
  ]);
  const more = rows.length - shown.length;
  return [...inColumns(cells), ...(more > 0 ? [`and ${more} more`] : [])];
}
