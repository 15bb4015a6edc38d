/** Files of this machine, read and written whole. */
export { readChunks, type ReadOptions, readWhole } from "./files/input-file.ts";
export { type WriteOptions, writeWhole } from "./files/output-file.ts";
export { checkOutput } from "./files/output-target.ts";
