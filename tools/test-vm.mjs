// @ts-check
// `npm run test:vm [-- WORD | rp2040-diff --count N --seed S]`: probes on a real USB bus, that of a Linux kernel in a virtual machine. Served by USB/IP, the twin's
// probes are real devices there for npm's usb and node-hid, lsusb and OpenOCD.
import { hasJudge, judges, requiredJudges } from "./judges.mjs";
import { inProject } from "./lib/project.mjs";
import { makeReady } from "./lib/ready.mjs";
import { run } from "./lib/run.mjs";

const install = judges.find(({ name }) => name === "vm")?.install;
if (hasJudge("vm")) {
  await makeReady({ install: "when-different" });
  const loader = new URL("lib/ts-loader.mjs", import.meta.url).href;
  process.exitCode = await run(process.execPath, [
    "--import",
    loader,
    inProject("test", "vm", "run.ts"),
    ...process.argv.slice(2),
  ]);
} else if (requiredJudges().includes("vm")) {
  console.log(`FAILED: vm is required (${install})`);
  process.exitCode = 1;
} else {
  console.log(`skipped: vm (${install})`);
}
