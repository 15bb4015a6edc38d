/** Files of this machine, read and written whole. */
export { type ReadOptions, readWhole } from "./input-file.ts";
export { type WriteOptions, writeWhole } from "./output-file.ts";
export { checkOutput } from "./output-target.ts";
