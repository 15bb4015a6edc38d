// @ts-check
// `npm run build`: makes `dist` from the sources, whether it is stale or not.
import { build } from "./lib/ready.mjs";

await build();
