// @ts-check
import { inProject } from "./project.mjs";

/** Whose chips a vendor's folder has, by the family's folder. @type {Readonly<Record<string, string>>} */
const FAMILY_OF = { nxp: "kinetis-ftfe", nordic: "nrf52", "raspberry-pi": "rp2040", st: "stm32f4" };

/**
 * What one family has of its own: its simulated boards, and beside them its chips' data and its code, fetched together.
 * @param {string} id
 */
const familyChunk = (id) => {
  const [, folder, name] = /[\\/]src[\\/](chips|families|twin[\\/]families)[\\/]([\w-]+)[\\/]/.exec(id) ?? [];
  if (folder === undefined) return null;
  if (folder.startsWith("twin")) return `board-${name}`;
  return `family-${folder === "chips" ? FAMILY_OF[name] : name}`;
};

/** What one driver has of its own; families' own is in their chunks. @param {string} id */
const isOfDriver = (id) => /[\\/]src[\\/]probe[\\/](jlink|cmsis-dap)[\\/](?!dap-device)/.test(id);

/**
 * What a job on a board may need, whatever its family, probe and file. A module that this list lacks, and that needs one of
 * these and is needed by another, would have a chunk of its own in a circle with theirs: a test looks for such circles.
 */
const JOB = [
  "web/work/rehearse.ts",
  ...Object.values(FAMILY_OF).map((name) => `families/${name}/family.ts`),
  "probe/jlink/jlink-probe.ts",
  "image/byte-runs.ts",
  "cortex/counters-stopped.ts",
  "chips/cortex-m.ts",
];

/**
 * The modules that some sources of the page load at once: what they import later is not among them.
 * @param {readonly string[]} files @param {readonly import("rolldown").Plugin[]} plugins @returns {Promise<ReadonlySet<string>>}
 */
async function loadedBy(files, plugins) {
  const { rolldown } = await import("rolldown");
  const later = { name: "not-later", resolveDynamicImport: () => ({ id: "later", external: true }) };
  const graph = await rolldown({
    input: files.map((file) => inProject("src", ...file.split("/"))),
    plugins: [...plugins, later],
  });
  const { output } = await graph.generate({ format: "esm" });
  await graph.close();
  return new Set(output.flatMap((chunk) => (chunk.type === "chunk" ? chunk.moduleIds : [])));
}

/**
 * How the worker is cut: what it starts with, what every job on a board needs, what every simulated board needs, and each
 * family's own. Few large files are smaller together than many small ones, which the bundler would make of what they share.
 * @param {readonly import("rolldown").Plugin[]} plugins those that put other modules in place
 */
export async function workerChunks(plugins) {
  const start = await loadedBy(["web/worker.ts"], plugins);
  const job = await loadedBy(JOB, plugins);
  /** @param {string} id */
  const isGround = (id) => /[\\/]src[\\/]base[\\/]/.test(id);
  /** @param {string} id */
  const isOfTwin = (id) => /[\\/]src[\\/]twin[\\/](?!families[\\/]|probe[\\/](jlink|cmsis-dap)[\\/])/.test(id);
  const alone = { includeDependenciesRecursively: false };
  return [
    // What is under all others, so that no two chunks need each other: one of them would run before what it needs.
    { name: "start", test: (/** @type {string} */ id) => start.has(id) || isGround(id), priority: 4, ...alone },
    { name: familyChunk, debugName: "family", priority: 3, ...alone },
    { name: "board", test: isOfTwin, priority: 2, ...alone },
    { name: "job", test: (/** @type {string} */ id) => job.has(id) && !isOfDriver(id), priority: 1, ...alone },
  ];
}
