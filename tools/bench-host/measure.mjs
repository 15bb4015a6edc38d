// @ts-check
// One process of `npm run bench:host`: reads the file that it is given as an image, and prints what that took.
import { readFileSync, statSync } from "node:fs";

const [, , readers, path] = process.argv;
const { readImage } = /** @type {typeof import("../../src/image/index.ts")} */ (await import(readers));
const before = process.cpuUsage();
const image = readImage(readFileSync(path), { name: path, address: 0 });
const { user, system } = process.cpuUsage(before);
const size = image.segments.reduce((/** @type {number} */ sum, segment) => sum + segment.bytes.length, 0);
const figures = {
  fileMb: statSync(path).size / 1e6,
  cpuMs: (user + system) / 1000,
  peakMb: peakKb() / 1024,
  size,
  segments: image.segments.length,
};
process.stdout.write(JSON.stringify(figures));

/** On Linux the kernel's own figure: the other one begins with what the parent process had. */
function peakKb() {
  const status = process.platform === "linux" ? readFileSync("/proc/self/status", "utf8") : "";
  return Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
}
