import { FlashproofError } from "../../base/errors.ts";
import { vectorsAt } from "../../chips/banks.ts";
import type { Chip } from "../../chips/chip.ts";
import { atOwnAddresses } from "../../flash/plan/named-banks.ts";
import type { Image } from "../../image/image.ts";
import { covers } from "../../image/image-bytes.ts";
import { effectiveImage } from "../../protection/effective-image.ts";
import { lintImage } from "../../protection/lint-image.ts";
import { contentFormat, nameFormat } from "../../image/formats/file-format.ts";
import { comparedAsText, movedByName, movedText, VERIFY_INSTEAD } from "../words/file-words.ts";
import { misplacedText, readAsJLink } from "../target/image-file.ts";
import { checkOnChip } from "../target/on-chip.ts";
import { inCommanderWords } from "../words/advice-words.ts";
import type { ScriptCall } from "./script-call.ts";
import type { ScriptFinding } from "./script-finding.ts";

/** Stack pointer and reset vector. */
const VECTORS_LENGTH = 8;

/** Looks at the files of a script's downloads, and at what an erase before them leaves unwritten. */
export class LintImages {
  private readonly readFile: (path: string) => Uint8Array;
  /** Files that the script itself writes before it reads them: what is in them nothing knows yet. */
  private readonly saved = new Set<string>();
  /** The last erase of the whole chip, and whether a download after it brought the vectors. */
  private erase: { readonly line: number; readonly chip: Chip | undefined; loads: number; booted: boolean } | undefined;

  constructor(readFile: (path: string) => Uint8Array) {
    this.readFile = readFile;
  }

  /** What one call's file would do. */
  lint(call: ScriptCall): readonly ScriptFinding[] {
    const [name] = call.command.names;
    if (name === "SaveBin") this.saved.add(call.args.text("filename"));
    if (name === "VerifyBin") return this.lintVerify(call);
    if (name === "erase" && !call.args.has("SAddr"))
      this.erase = { line: call.line, chip: call.chip, loads: 0, booted: false };
    return name === "LoadFile" || name === "LoadBin" ? this.lintLoad(call) : [];
  }

  /** What is only known at the end: whether an erased chip has something to start. */
  end(): readonly ScriptFinding[] {
    const { erase } = this;
    if (!erase || erase.loads === 0 || erase.booted) return [];
    const what = "The whole chip is erased, and what is programmed after it has no vectors: the chip won't start.";
    const remedy = "Program all the files that belong together, or erase only the range of this one.";
    return [{ line: erase.line, severity: "warn", what, remedy }];
  }

  private lintLoad(call: ScriptCall): readonly ScriptFinding[] {
    const { chip, args } = call;
    const address = args.has("addr") ? args.address("addr").address : undefined;
    const unseen = (path: string) => warning(call, movedByName(path, nameFormat(path), address), LEAVE_OUT);
    return this.withFile(call, unseen, (path, bytes) => {
      const file = readAsJLink(bytes, path, address);
      const moved = warning(call, movedText(file, path, address), LEAVE_OUT);
      if (!chip) return moved;
      const image = atOwnAddresses(file, chip);
      this.noteLoad(image, chip);
      const { line } = call;
      return [...moved, ...outside(image, chip, line), ...misplaced(file, chip, call), ...security(image, chip, call)];
    });
  }

  private lintVerify(call: ScriptCall): readonly ScriptFinding[] {
    const text = (path: string, bytes: Uint8Array) => comparedAsText(path, contentFormat(bytes));
    const unseen = (path: string) => warning(call, comparedByName(path), VERIFY_INSTEAD);
    return this.withFile(call, unseen, (path, bytes) => warning(call, text(path, bytes), VERIFY_INSTEAD));
  }

  /** What is found in the file of a call; of one that can't be read, that and what its name says. */
  private withFile(
    { args, line }: ScriptCall,
    unseen: (path: string) => readonly ScriptFinding[],
    look: (path: string, bytes: Uint8Array) => readonly ScriptFinding[],
  ): readonly ScriptFinding[] {
    const path = args.text("filename");
    if (this.saved.has(path)) return [];
    try {
      return look(path, this.readFile(path));
    } catch (error) {
      if (!(error instanceof FlashproofError)) throw error;
      const remedy = "Check the path: it begins where the Commander is run.";
      return [{ line, severity: "warn", what: `${path}: ${error.message}.`, remedy, lacks: "file" }, ...unseen(path)];
    }
  }

  private noteLoad(image: Image, chip: Chip): void {
    if (!this.erase) return;
    this.erase.loads++;
    this.erase.booted ||= covers(image, vectorsAt(chip), VECTORS_LENGTH);
  }
}

const NAMED_BANKS =
  "The run refuses the file. Take these bytes out of it: such a bank changes how the chip behaves, and can lock it for ever.";

const LEAVE_OUT = "Leave the address out, unless that is meant.";

/** `verifybin` of a file whose name says that it isn't raw. */
function comparedByName(path: string): string | undefined {
  const format = nameFormat(path);
  return format === "raw" ? undefined : comparedAsText(path, format);
}

const warning = ({ line }: ScriptCall, what: string | undefined, remedy: string): readonly ScriptFinding[] =>
  what === undefined ? [] : [{ line, severity: "warn", what: `${what}.`, remedy }];

/** What the run would refuse before it writes anything. */
function outside(image: Image, chip: Chip, line: number): readonly ScriptFinding[] {
  try {
    checkOnChip(image, chip);
    return [];
  } catch (error) {
    if (!(error instanceof FlashproofError)) throw error;
    if (error.code === "bank-not-named")
      return [{ line, severity: "lock", what: `${error.message}.`, remedy: NAMED_BANKS }];
    const remedy = "Check the address (numbers are hex by default) and the device.";
    return [{ line, severity: "warn", what: `${error.message} of the ${chip.name}.`, remedy }];
  }
}

/** A raw file without an address, which J-Link puts to 0. */
function misplaced(image: Image, chip: Chip, { line, args }: ScriptCall): readonly ScriptFinding[] {
  const what = args.has("addr") ? undefined : misplacedText(image, args.text("filename"), chip);
  return what === undefined ? [] : [{ line, severity: "warn", what: `${what}.`, remedy: "Name the address." }];
}

/** What the image's security bytes mean, as in `explain`; the plain name's change is printed beside it. */
function security(image: Image, chip: Chip, { line, settings }: ScriptCall): readonly ScriptFinding[] {
  const plain = settings.device?.allowsSecurity !== true;
  const isChanged = plain && effectiveImage(image, chip, "keep-open").changes.length > 0;
  const beside = isChanged ? " Under the plain device name the chip is kept open, and verifybin differs there." : "";
  return lintImage(image, chip)
    .filter(({ severity }) => severity !== "info")
    .map(({ severity, what, remedy }) => ({
      line,
      severity,
      what: `${what}${beside}`,
      remedy: inCommanderWords(remedy, chip),
    }));
}
