import { causeChain, FlashproofError } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";
import { report } from "../../doctor/report.ts";
import { inCommanderWords } from "../words/advice-words.ts";

/** Flashproof's own words beside J-Link's: each line once, the first one saying who speaks. */
export class Notes {
  private readonly print: (line: string) => void;
  private readonly isVerbose: boolean;
  private readonly printed = new Set<string>();
  private readonly printAlways: (line: string) => void;
  /** The chip in whose family's words advice is given; none by default. */
  chip: () => Chip | undefined = () => undefined;

  /** `printAlways` prints what a quiet run prints too. */
  constructor(print: (line: string) => void, isVerbose = false, printAlways = print) {
    this.print = print;
    this.isVerbose = isVerbose;
    this.printAlways = printAlways;
  }

  /** The notice that this is Flashproof, before any other note. */
  printBanner(): void {
    this.add(
      "this is Flashproof, not SEGGER software: it speaks J-Link Commander's language, and adds its own words here",
    );
  }

  /** Says a line unless it was said before. */
  add(...lines: readonly string[]): void {
    for (const line of lines) {
      if (this.printed.has(line)) continue;
      this.printed.add(line);
      this.print(line);
    }
  }

  /** Says a line again although it was said before: what answers one command, not what holds for all of them. */
  answer(...lines: readonly string[]): void {
    for (const line of lines) {
      this.printed.add(line);
      this.print(line);
    }
  }

  /** Warns, each time and in a quiet run too, of what the next moment destroys. */
  warn(line: string): void {
    this.printAlways(`warning: ${line}`);
  }

  /** Says what an error means and what to do, `first` before all else; verbose, also what each error beneath it knows. */
  error(error: unknown, first: readonly string[] = []): void {
    const { what, because, advice } = report(error);
    this.answer(what);
    const hints = first.map((hint) => `hint: ${hint}`);
    this.add(
      ...because.map((line) => `because: ${line}`),
      ...hints,
      ...advice.map((each) => `hint: ${inCommanderWords(each, this.chip())}`),
    );
    if (this.isVerbose) this.answer(...detailLines(error));
  }
}

const detailLines = (error: unknown): readonly string[] =>
  causeChain(error)
    .filter((each) => each instanceof FlashproofError)
    .map(({ code, details }) => `detail: ${code} ${JSON.stringify(details)}`);
