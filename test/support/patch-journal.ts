import { type PatchJournal, type PatchRecord, readRecord, recordText } from "../../src/flash/patches/record.ts";

/** A journal in memory, which keeps records as the text that a file would have. */
export class MemoryJournal implements PatchJournal {
  readonly texts = new Map<string, string>();
  /** Called before each record is kept; one for which it throws is not. */
  onPut: (record: PatchRecord) => void = () => {};

  list(chip: string): readonly PatchRecord[] {
    return [...this.texts.values()].flatMap((text) => {
      const record = readRecord(text);
      return record?.chip === chip ? [record] : [];
    });
  }

  put(record: PatchRecord): void {
    this.onPut(record);
    this.texts.set(record.id, recordText(record));
  }

  drop({ id }: Pick<PatchRecord, "id">): void {
    this.texts.delete(id);
  }

  placeOf({ id }: Pick<PatchRecord, "id">): string {
    return id;
  }
}
