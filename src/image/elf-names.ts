import { ImageError } from "./image.ts";

/** How often a table's bytes may be read as parts of names; linkers share the ends of names, so once is not enough. */
const MOST_READINGS = 4;

/** A string table of an ELF file (System V ABI, "String Table"); what is read of it costs a few times its size at most. */
export class NameTable {
  private readonly text: Uint8Array;
  private readonly names = new Map<number, string>();
  private readonly decoder = new TextDecoder();
  private read = 0;

  constructor(text: Uint8Array) {
    this.text = text;
  }

  /** The name that begins at `start`, empty beyond the table's end; throws `ImageError` `image-too-large`. */
  nameAt(start: number): string {
    if (start >= this.text.length) return "";
    const known = this.names.get(start);
    if (known !== undefined) return known;
    const end = this.text.indexOf(0, start);
    const bytes = this.text.subarray(start, end < 0 ? this.text.length : end);
    this.count(bytes.length);
    const name = this.decoder.decode(bytes);
    this.names.set(start, name);
    return name;
  }

  private count(length: number): void {
    this.read += length;
    if (this.read <= MOST_READINGS * this.text.length) return;
    throw new ImageError(
      "image-too-large",
      "The names in the ELF file overlap, so that they are far longer than the file",
      {
        details: { names: this.read, table: this.text.length },
      },
    );
  }
}
