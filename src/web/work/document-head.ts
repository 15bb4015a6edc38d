/** What a document of Flashproof's holds: one result (`--json`), or a line for each event or record of the trace. */
export type DocumentForm = "result" | "lines";

/** Bytes of a document's head. */
const HEAD = 64;

/** Which document of Flashproof's a file is by its first bytes; undefined for every other file. */
export function documentHead(bytes: Uint8Array): DocumentForm | undefined {
  const head = new TextDecoder().decode(bytes.subarray(0, HEAD)).trimStart();
  if (/^\{\s*"schema":\s*"flashproof\//.test(head)) return "result";
  return /^\{"(atMs|t)":\d/.test(head) ? "lines" : undefined;
}
