// What reads a pack's archive, apart from what reads its description: a description by itself needs no zip.

export { describedPack } from "../../packs/archive/described-pack.ts";
export { archiveOf } from "../../packs/archive/zip-archive.ts";
