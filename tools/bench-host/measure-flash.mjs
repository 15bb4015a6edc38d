// @ts-check
// One process of `npm run bench:host`: flashes a file onto a simulated board, and prints what that took on stderr's last line.
const [, , program, file, probe, state] = process.argv;
const { main } = await import(program);
const selector = `twin:MK24FN1M0xxx12,probe=${probe},flash=zero,state=${state}`;
const before = process.cpuUsage();
const code = await main(["flash", "-q", `${file}@0`, "--probe", selector, "--chip", "MK24FN1M0xxx12"]);
const { user, system } = process.cpuUsage(before);
process.stderr.write(`\n${JSON.stringify({ code, cpuMs: (user + system) / 1000 })}`);
