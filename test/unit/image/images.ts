import { readFileSync } from "node:fs";
import fc from "fast-check";
import { buildImage } from "../../../src/image/build-image.ts";
import type { Image, Segment } from "../../../src/image/image.ts";

/** A committed fixture's bytes. */
export const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/images/${name}`, import.meta.url)));

/** Text as a file's bytes. */
export const file = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Addresses and bytes only: what must agree whatever the format. */
export const memoryOf = (image: Pick<Image, "segments">) =>
  image.segments.map(({ address, bytes }) => ({ address, bytes: [...bytes] }));

/** Images of up to six runs anywhere below `limit`, touching now and then. */
export const anyImage = (limit = 0xffff_ff00): fc.Arbitrary<Image> =>
  fc
    .uniqueArray(fc.record({ address: fc.nat(limit), bytes: fc.uint8Array({ minLength: 1, maxLength: 100 }) }), {
      minLength: 1,
      maxLength: 6,
      selector: (run) => Math.floor(run.address / 128),
    })
    .map((runs) =>
      runs.map((run): Segment => ({ name: "run", address: run.address - (run.address % 128), bytes: run.bytes })),
    )
    .map((segments) => buildImage({ format: "raw", segments }));
