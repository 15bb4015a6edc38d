// Runs the model until its first contradiction: `find-in-model.ts COUNT SEED`. Exit 1 where there is one.
import { contradictionIn } from "../model.ts";

const [count, seed] = process.argv.slice(2).map(Number);
const { failure, sequences, ends } = await contradictionIn({ count, seed, shrink: false });
console.log(JSON.stringify({ sequences, failure, ends }));
process.exitCode = failure === undefined ? 0 : 1;
