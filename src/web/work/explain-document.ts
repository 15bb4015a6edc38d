import type { Json } from "../../base/errors.ts";
import { ImageError } from "../../image/image.ts";
import type { Explained, GivenFile } from "../protocol.ts";
import type { DocumentForm } from "./document-head.ts";

/** The `--json` contract that this page knows (docs/cli.md). */
const SCHEMA = "flashproof/1";

/** How many things may lie within each other; a report has seven at most (unsure). */
const MOST_DEEP = 64;

/** Shows what the command line has printed or written. Throws `ImageError` `image-incomplete` where it breaks off. */
export function explainDocument({ name, bytes }: GivenFile, form: DocumentForm): Explained {
  const text = new TextDecoder().decode(bytes).trim();
  const json =
    form === "result" ? parsed(text, name) : { lines: text.split(/\r?\n/).map((line) => parsed(line, name)) };
  const { schema } = json as { readonly schema?: Json };
  const isOther = form === "result" && schema !== SCHEMA;
  return {
    kind: "document",
    findings: [],
    lines: [],
    guesses: isOther ? [`${name} has the schema ${JSON.stringify(schema)}; this page knows ${SCHEMA}.`] : [],
    json,
  };
}

function parsed(text: string, file: string): Json {
  try {
    if (depthOf(text) > MOST_DEEP) throw new RangeError(`More than ${MOST_DEEP} things within each other`);
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new ImageError("image-incomplete", `${file} is a document of Flashproof's that breaks off, or is damaged`, {
      details: { file },
      cause,
    });
  }
}

/** How many brackets are open at once, those in strings left out. */
function depthOf(text: string): number {
  let [open, most] = [0, 0];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}]/g)) {
    if (token === "[" || token === "{") most = Math.max(most, ++open);
    else if (token === "]" || token === "}") open--;
  }
  return most;
}
