import { isAlias, isMap, isScalar, isSeq, parseDocument, type YAMLMap } from "yaml";
import { invalidPack, tooLarge } from "../pack-error.ts";
import type { PlainTable, PlainValue } from "../plain-value.ts";

/**
 * The most that a target file may have; the largest of probe-rs has 0.6 MB. A node takes more than a kilobyte while it is read:
 * so many leave the process under 512 MB.
 */
const YAML_LIMITS = { bytes: 0x40_0000, nodes: 150_000, separators: 200_000, depth: 40 } as const;

/**
 * Reads a YAML document of one table. A value with a tag of its own (`!Nvm`) is a table with the tag as its one key.
 *
 * Throws `PackError` `pack-invalid` for text that is none, repeats a key, or has aliases (which only attacks need there),
 * `pack-too-large` beyond `YAML_LIMITS`.
 */
export function readYaml(bytes: Uint8Array): PlainTable {
  if (bytes.length > YAML_LIMITS.bytes) throw tooLarge("bytes of YAML", bytes.length, YAML_LIMITS.bytes);
  const text = new TextDecoder().decode(bytes);
  checkNesting(text);
  checkNodes(text);
  const document = parseDocument(text, { logLevel: "silent", stringKeys: true });
  const [error] = document.errors;
  if (error) throw invalidPack("yaml", `The target file is no YAML: ${error.message.split("\n")[0]}`);
  if (!isMap(document.contents)) throw invalidPack("yaml", "The target file is no table");
  return new Plain().table(document.contents, 0);
}

/** Deep brackets cost the parser its stack, so they are counted before; in blocks, every level costs an indent. */
function checkNesting(text: string): void {
  const [run] = /[[{(]{41,}|^ {400,}|^(?:- ?){41,}/m.exec(text) ?? [];
  if (run !== undefined) throw tooLarge("levels of YAML", run.length, YAML_LIMITS.depth);
}

/** Each node stands behind a line's end, a comma, a bracket or a colon: counted before, because all are made at once. */
function checkNodes(text: string): void {
  let count = 0;
  for (const letter of text) if (SEPARATORS.includes(letter)) count++;
  if (count > YAML_LIMITS.separators) throw tooLarge("separators of YAML", count, YAML_LIMITS.separators);
}

const SEPARATORS = "\n,[{:-";

/** Under a tag of its own a number stays the text that it is written as. */
const numberOr = (plain: PlainValue): PlainValue =>
  typeof plain === "string" && /^(0x[0-9a-f]+|\d+)$/i.test(plain) ? Number(plain) : plain;

/** Turns the parser's nodes into plain values, counting them. */
class Plain {
  private nodes = 0;

  table(map: YAMLMap, depth: number): PlainTable {
    const entries = map.items.map(({ key, value }) => {
      const name = isScalar(key) ? String(key.value) : String(key);
      return [name, this.value(value, depth + 1)] as const;
    });
    return Object.fromEntries(entries);
  }

  private value(node: unknown, depth: number): PlainValue {
    this.count(depth);
    if (isAlias(node)) throw invalidPack("yaml-alias", "The target file has aliases, which no target file has");
    const plain = this.bare(node, depth);
    const tag = (node as { readonly tag?: string } | null)?.tag;
    return tag?.startsWith("!") ? { [tag]: numberOr(plain) } : plain;
  }

  private bare(node: unknown, depth: number): PlainValue {
    if (isMap(node)) return this.table(node, depth);
    if (isSeq(node)) return node.items.map((item) => this.value(item, depth + 1));
    if (!isScalar(node)) return null;
    const { value } = node;
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
  }

  private count(depth: number): void {
    if (depth > YAML_LIMITS.depth) throw tooLarge("levels of YAML", depth, YAML_LIMITS.depth);
    if (++this.nodes > YAML_LIMITS.nodes) throw tooLarge("values of YAML", this.nodes, YAML_LIMITS.nodes);
  }
}
