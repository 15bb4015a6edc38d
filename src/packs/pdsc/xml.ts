import { SaxesParser } from "saxes";
import { invalidPack, tooLarge } from "../pack-error.ts";

/** One element of an XML document, with the elements in it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: { readonly [name: string]: string };
  readonly children: readonly XmlElement[];
  /** The text directly in it, as it stands. */
  readonly text: string;
  /** The line of the document in which it begins. */
  readonly line: number;
}

/**
 * The most that a document may have; the largest pack description of a vendor has 12 MB (unsure). An element that is kept takes
 * about a kilobyte, its attributes included: together they leave the process under 512 MB.
 */
const XML_LIMITS = {
  bytes: 0x200_0000,
  elements: 1_000_000,
  kept: 150_000,
  keptAttributes: 800_000,
  depth: 64,
  attributes: 64,
  text: 0x100_0000,
} as const;

/**
 * Reads an XML document as UTF-8. `isKept` decides by the path of names (`package/devices`) which elements under the root
 * stay; with one that doesn't, all in it is left out.
 *
 * Throws `PackError` `pack-invalid` for text that is no well-formed XML or declares a document type (which only entity
 * attacks have), and `pack-too-large` beyond `XML_LIMITS`.
 */
export function readXml(bytes: Uint8Array, isKept: (path: string) => boolean = () => true): XmlElement {
  if (bytes.length > XML_LIMITS.bytes) throw tooLarge("bytes of XML", bytes.length, XML_LIMITS.bytes);
  const tree = new TreeBuilder(isKept);
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw invalidPack("xml", `The description is no well-formed XML: ${error.message}`, { line: parser.line });
  });
  parser.on("doctype", () => {
    throw invalidPack("xml-doctype", "The description declares a document type, which no pack description has");
  });
  parser.on("opentag", ({ name, attributes }) => tree.open(name, attributes, parser.line));
  parser.on("text", (text) => tree.text(text));
  parser.on("cdata", (text) => tree.text(text));
  parser.on("closetag", () => tree.close());
  parser.write(new TextDecoder().decode(bytes)).close();
  return tree.root();
}

type Growing = Omit<XmlElement, "children"> & { readonly children: Growing[]; text: string; readonly path: string };

/** Builds the tree element by element, counting what the limits bound. */
class TreeBuilder {
  private readonly isKept: (path: string) => boolean;
  private readonly open_: Growing[] = [];
  private top: Growing | undefined;
  private elements = 0;
  private kept = 0;
  private keptAttributes = 0;
  private characters = 0;
  /** How deep the parser is in an element that is left out; 0: in none. */
  private skipped = 0;

  constructor(isKept: (path: string) => boolean) {
    this.isKept = isKept;
  }

  open(name: string, attributes: { readonly [name: string]: string }, line: number): void {
    this.count(name, attributes);
    const parent = this.open_.at(-1);
    const path = parent ? `${parent.path}/${name}` : name;
    if (this.skipped > 0 || (parent && !this.isKept(path))) {
      this.skipped++;
      return;
    }
    this.countKept(attributes);
    const element: Growing = { name, attributes, children: [], text: "", line, path };
    if (parent) parent.children.push(element);
    else this.top ??= element;
    this.open_.push(element);
  }

  text(text: string): void {
    const element = this.open_.at(-1);
    if (this.skipped > 0 || !element || text.trim() === "") return;
    this.characters += text.length;
    if (this.characters > XML_LIMITS.text) throw tooLarge("characters of text", this.characters, XML_LIMITS.text);
    element.text += text;
  }

  close(): void {
    if (this.skipped > 0) this.skipped--;
    else this.open_.pop();
  }

  root(): XmlElement {
    if (!this.top) throw invalidPack("xml", "The description has no element");
    return this.top;
  }

  private countKept(attributes: { readonly [name: string]: string }): void {
    if (++this.kept > XML_LIMITS.kept) throw tooLarge("elements of devices", this.kept, XML_LIMITS.kept);
    this.keptAttributes += Object.keys(attributes).length;
    if (this.keptAttributes > XML_LIMITS.keptAttributes)
      throw tooLarge("attributes of devices", this.keptAttributes, XML_LIMITS.keptAttributes);
  }

  private count(name: string, attributes: { readonly [name: string]: string }): void {
    const depth = this.open_.length + this.skipped + 1;
    if (depth > XML_LIMITS.depth) throw tooLarge("elements inside one another", depth, XML_LIMITS.depth);
    if (++this.elements > XML_LIMITS.elements) throw tooLarge("elements", this.elements, XML_LIMITS.elements);
    const count = Object.keys(attributes).length;
    if (count > XML_LIMITS.attributes) throw tooLarge(`attributes in <${name}>`, count, XML_LIMITS.attributes);
  }
}
