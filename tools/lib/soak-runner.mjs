// @ts-check
import { pathToFileURL } from "node:url";

/**
 * What a soak is given: how often, from which seed, and where its one line of figures goes.
 *
 * @typedef {{ readonly count: number, readonly seed: number, readonly out: (figures: string) => void }} SoakOptions
 */

const [program, settings] = process.argv.slice(2);
const { name, count, seed } = JSON.parse(settings);
const started = process.cpuUsage();
const module = await import(pathToFileURL(program).href);
const code = await module.run({
  count,
  seed,
  out: (/** @type {string} */ figures) =>
    console.log(`soak ${name} --count ${count} --seed ${seed}: ${figures}, ${cpuSeconds()} s of CPU`),
});
process.exitCode = code;

function cpuSeconds() {
  const { user, system } = process.cpuUsage(started);
  return ((user + system) / 1e6).toFixed(1);
}
