// @ts-check
import { pathToFileURL } from "node:url";

/**
 * What a soak is given: how often, from which seed, and where its one line of figures goes.
 *
 * @typedef {object} SoakOptions
 * @property {number} count
 * @property {number} seed
 * @property {string} [probe] the probe of the boards, as in TwinOptions
 * @property {string} [port] the server to knock at
 * @property {string} [core] the core that QEMU judges
 * @property {string} [chip] the chip of the boards
 * @property {string} [from] where its inputs come from
 * @property {(figures: string) => void} out
 */

const [program, settings] = process.argv.slice(2);
const { name, count, seed, ...extra } = JSON.parse(settings);
const started = process.cpuUsage();
const module = await import(pathToFileURL(program).href);
const code = await module.run({
  count,
  seed,
  ...extra,
  out: (/** @type {string} */ figures) =>
    console.log(`soak ${name} --count ${count} --seed ${seed}: ${figures}, ${cpuSeconds()} s of CPU`),
});
process.exitCode = code;

function cpuSeconds() {
  const { user, system } = process.cpuUsage(started);
  return ((user + system) / 1e6).toFixed(1);
}
