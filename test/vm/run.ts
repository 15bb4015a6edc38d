import { spawn } from "node:child_process";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { inProject } from "../../tools/lib/project.mjs";
import { selectors } from "./boards.ts";
import { guestKernel } from "./kernel.ts";
import { boot } from "./machine.ts";

const cache = inProject("node_modules", ".cache", "flashproof-vm");
const here = inProject("test", "vm");

/** Longest for one boot; without hardware virtualisation a busy machine takes minutes. */
const PATIENCE_MS = 300_000;

/** Boots a guest on the served boards and answers the checks' exit code; once more where the guest never came so far. */
export async function runChecks(only = ""): Promise<number> {
  const kernel = guestKernel(cache, join(here, "init.sh"));
  const program = await bundle("guest");
  const deadline = performance.now() + PATIENCE_MS;
  for (let attempt = 0; attempt < 2; attempt++) {
    const boards = await serve(["bin/flashproof.js", "twin", ...selectors(), "--usbip=0", "--until-eof"]);
    const patienceMs = deadline - performance.now();
    const variables = { ONLY: only };
    const { code } = await boot({
      kernel,
      script: join(here, "guest.sh"),
      program,
      port: boards.port,
      patienceMs,
      variables,
    });
    await boards.end();
    if (code !== undefined) return code;
    console.log("the guest ended without a result");
  }
  return 1;
}

/** One file for the guest, whose processor is slow and whose disk is slower. */
export async function bundle(name: string): Promise<string> {
  const file = join(cache, `${name}.mjs`);
  const made = await rolldown({
    input: join(here, `${name}.ts`),
    platform: "node",
    external: (id) => !/^[./]/.test(id),
    logLevel: "warn",
  });
  await made.write({ file, format: "esm" });
  await made.close();
  return file;
}

/** Something that is served to the guest by a process of its own. */
export interface Serving {
  readonly port: number;
  end(): Promise<void>;
}

/** Starts a node program that says `listening usbip 127.0.0.1:PORT` and ends when its stdin does. */
export function serve(args: readonly string[]): Promise<Serving> {
  const child = spawn(process.execPath, args, { cwd: inProject(), stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const end = () => {
    child.stdin.end();
    return ended;
  };
  return new Promise((resolve, reject) => {
    let said = "";
    child.once("error", reject).once("close", () => reject(new Error(`the boards were not served: ${said}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      const port = /^listening usbip 127\.0\.0\.1:(\d+)$/m.exec(said)?.[1];
      if (port !== undefined) resolve({ port: Number(port), end });
    });
  });
}

process.exitCode = await runChecks(process.argv[2]);
