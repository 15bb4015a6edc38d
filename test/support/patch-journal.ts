import { type PatchJournal, type PatchRecord, readRecord, recordText } from "../../src/flash/patches/record.ts";

/** A journal in memory, which keeps records as the text that a file would have. */
export class MemoryJournal implements PatchJournal {
  readonly texts = new Map<string, string>();
  /** Called after each record is kept. */
  onPut: (record: PatchRecord) => void = () => {};

  list(chip: string): readonly PatchRecord[] {
    return [...this.texts.values()].flatMap((text) => {
      const record = readRecord(text);
      return record?.chip === chip ? [record] : [];
    });
  }

  put(record: PatchRecord): void {
    this.texts.set(record.id, recordText(record));
    this.onPut(record);
  }

  drop({ id }: Pick<PatchRecord, "id">): void {
    this.texts.delete(id);
  }
}
