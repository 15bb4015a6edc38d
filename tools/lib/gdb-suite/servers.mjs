// @ts-check
// The servers that GDB's own test suite judges: ours with a twin, and QEMU's stub, which tells GDB's failures from ours.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { inProject } from "../project.mjs";

/** `ended` resolves once the process has. @typedef {{ port: number, stop: () => void, isOver: () => boolean, ended: Promise<void> }} Running */

/**
 * A server with the board behind it. `ram`: where programs go; `defines`: for the compiler; `reset`: its word for `monitor`;
 * `endsByKill`: its process ends when GDB kills the program.
 * @typedef {{ name: string, ram: string, defines: readonly string[], reset: string, endsByKill: boolean, start: (folder: string) => Promise<Running> }} Server
 */

/** @type {Server} */
export const OURS = {
  name: "flashproof",
  ram: "0x1FFF0000",
  defines: [],
  reset: "reset",
  endsByKill: false,
  start: async () => {
    const chip = "MK24FN1M0xxx12";
    const program = inProject("bin", "flashproof.js");
    const args = [program, "gdbserver", "--probe", `twin:${chip}`, "--chip", chip, "--port", "0"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
    const ready = /listening gdb 127\.0\.0\.1:(\d+)[\s\S]*Waiting for GDB connection/;
    const [, port] = await printed(child, child.stdout, ready);
    return runningAs(child, Number(port));
  },
};

/** A Cortex-M4 with FPU and 4 MB of RAM (MPS2, application note AN386). @type {Server} */
export const QEMU = {
  name: "qemu",
  ram: "0x20000000",
  defines: ["-DNO_WATCHDOG", "-DSPINS_PER_SECOND=50000000"],
  reset: "system_reset",
  endsByKill: true,
  start: async (folder) => {
    const vectors = join(folder, "vectors.bin");
    writeFileSync(vectors, vectorsThatLoop());
    const port = await freePort();
    const machine = ["-M", "mps2-an386", "-display", "none", "-serial", "none", "-monitor", "stdio"];
    const args = ["-S", "-gdb", `tcp:127.0.0.1:${port}`, "-device", `loader,file=${vectors},addr=0,force-raw=on`];
    const child = spawn("qemu-system-arm", [...machine, ...args], { stdio: ["pipe", "pipe", "ignore"] });
    // Its prompt comes before it listens; an answer comes after.
    child.stdin.write("info status\n");
    await printed(child, child.stdout, /VM status/);
    return runningAs(child, port);
  },
};

/** @param {import("node:child_process").ChildProcess} child @param {number} port @returns {Running} */
const runningAs = (child, port) => ({
  port,
  stop: () => void child.kill(),
  isOver: () => child.exitCode !== null || child.signalCode !== null,
  ended: new Promise((resolve) => child.on("exit", () => resolve())),
});

/** Every exception ends in a loop: without vectors a fault would lock the core up, and QEMU ends then. */
function vectorsThatLoop() {
  const image = new DataView(new ArrayBuffer(0x102));
  for (let vector = 0; vector < 0x40; vector++) image.setUint32(vector * 4, vector === 0 ? 0x20040000 : 0x101, true);
  image.setUint16(0x100, 0xe7fe, true);
  return new Uint8Array(image.buffer);
}

/** A port that was free a moment ago. @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/**
 * What matched in a program's output; rejects when the program ends before.
 * @param {import("node:child_process").ChildProcess} child @param {import("node:stream").Readable} output @param {RegExp} pattern
 * @returns {Promise<RegExpExecArray>}
 */
function printed(child, output, pattern) {
  return new Promise((resolve, reject) => {
    let text = "";
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
    output.on("data", (/** @type {Buffer} */ data) => {
      text = (text + data.toString()).slice(-0x4000);
      const found = pattern.exec(text);
      if (found) resolve(found);
    });
  });
}
