// @ts-check
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { FILES } from "./known.mjs";
import { librariesOf } from "./libraries.mjs";

/** How long one script may take, in seconds; GDB's own time-outs are sixty, for machines that do other things, too. */
const PATIENCE_S = 240;

/** @typedef {{ name: string, passes: number, failures: readonly string[], packets: number, seconds: number }} Outcome */
/**
 * A server, and what runs of it; one that has ended is started anew for the next client.
 * @typedef {{ server: import("./servers.mjs").Server, running?: import("./servers.mjs").Running, folder: string, testsuite: string }} Bench
 */

/**
 * Has DejaGnu judge a server by one script.
 * @param {string} name @param {Bench} bench
 * @returns {Promise<Outcome>}
 */
export async function runScript(name, bench) {
  const counter = await countingProxy((isKilled) => portOf(bench, isKilled));
  try {
    const began = process.hrtime.bigint();
    const { passes, failures } = await judge(name, bench, counter.port);
    const seconds = Number(process.hrtime.bigint() - began) / 1e9;
    return { name, passes, failures, packets: counter.packets(), seconds };
  } finally {
    counter.close();
  }
}

/** @param {Bench} bench @param {boolean} isKilled the client before has killed its program */
async function portOf(bench, isKilled) {
  if (isKilled && bench.server.endsByKill) await bench.running?.ended;
  if (!bench.running || bench.running.isOver()) bench.running = await bench.server.start(bench.folder);
  return bench.running.port;
}

/** @param {string} name @param {Bench} bench @param {number} port */
async function judge(name, { server, folder, testsuite }, port) {
  const own = join(folder, "run", server.name, name);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "site.exp"), siteOf(testsuite));
  const board = { SUITE_PORT: String(port), SUITE_FILES: FILES, SUITE_RAM: server.ram, SUITE_RESET: server.reset };
  const env = { ...process.env, ...board, SUITE_LIBRARY: await librariesOf(server, folder) };
  const args = ["--tool", "gdb", "--srcdir", testsuite, "--target_board", "bare", "GDB=gdb-multiarch"];
  const ended = await new Promise((resolve) => {
    const killSignal = /** @type {const} */ ("SIGINT");
    const options = { cwd: own, env, timeout: PATIENCE_S * 1000, killSignal };
    execFile("runtest", [...args, `gdb.base/${name}.exp`], options, (error) =>
      resolve(error?.killed ? "killed" : "ended"),
    );
  });
  const logs = process.env["SUITE_LOGS"];
  if (logs) keepLog(join(own, "gdb.log"), join(logs, `${name}.${server.name}.log`));
  const sum = existsSync(join(own, "gdb.sum")) ? readFileSync(join(own, "gdb.sum"), "latin1") : "";
  rmSync(own, { recursive: true, force: true });
  const failures = failuresIn(sum);
  const passes = [...sum.matchAll(/^PASS: /gm)].length;
  return { passes, failures: ended === "killed" ? [...failures, "did not end"] : failures };
}

/** @param {string} from @param {string} to */
function keepLog(from, to) {
  if (existsSync(from)) cpSync(from, to);
}

/** The texts of what failed; a script that broke off is one failure. @param {string} sum */
function failuresIn(sum) {
  const texts = [...sum.matchAll(/^(?:FAIL|UNRESOLVED|ERROR): (?:gdb\.base\/[^:]*: )?(.*)$/gm)].map(([, text]) => text);
  const broken = texts.find((text) => text.startsWith("tcl error sourcing "));
  return broken ? [...texts.slice(0, texts.indexOf(broken)), "the script broke off by an error of Tcl"] : texts;
}

/** DejaGnu's settings: a program of arm-none-eabi, and our board among the boards. @param {string} testsuite */
const siteOf = (testsuite) => `set host_triplet x86_64-linux-gnu
set build_triplet x86_64-linux-gnu
set target_triplet arm-none-eabi
set target_alias arm-none-eabi
set tool gdb
set srcdir ${testsuite}
lappend boards_dir ${join(FILES, "boards")}
set GDB_DATA_DIRECTORY ""
set gdb_test_timeout ${process.env["SUITE_TIMEOUT"] ?? 60}
set enable_libctf no
set INTERNAL_GDBFLAGS "-nw -nx -iex \\"set height 0\\" -iex \\"set width 0\\""
`;

/**
 * Passes connections on to a server and counts the packets that its clients send.
 * @param {(isKilled: boolean) => Promise<number>} portOfServer
 */
async function countingProxy(portOfServer) {
  let [packets, isKilled] = [0, false];
  const proxy = createServer({ pauseOnConnect: true }, async (client) => {
    client.on("error", () => client.destroy());
    const server = connect(await portOfServer(isKilled), "127.0.0.1");
    isKilled = false;
    client.on("data", (data) => {
      packets += data.filter((byte) => byte === 0x24).length;
      isKilled ||= data.includes("$k#6b") || data.includes("$vKill;");
    });
    client.pipe(server).pipe(client);
    server.on("error", () => client.destroy());
    server.on("close", () => client.destroy());
    client.on("close", () => server.destroy());
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (proxy.address());
  return { port, close: () => proxy.close(), packets: () => packets };
}
