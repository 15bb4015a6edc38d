import { signal } from "@preact/signals";
import type { Compared, GivenFile } from "../../protocol.ts";

/** The image that the file is compared with. */
export const otherFile = signal<GivenFile | undefined>(undefined);

/** In what they differ; undefined before it was asked for. */
export const compared = signal<Compared | undefined>(undefined);
