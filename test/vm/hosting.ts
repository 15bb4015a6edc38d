import { spawn } from "node:child_process";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { inProject } from "../../tools/lib/project.mjs";

/** Where the kernel, the guest's programs and packages for measurements are kept; nothing of it is committed. */
export const cache = inProject("node_modules", ".cache", "flashproof-vm");

/** This folder. */
export const here = inProject("test", "vm");

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
    let output = "";
    child.once("error", reject).once("close", () => reject(new Error(`the boards were not served: ${output}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const port = /^listening usbip 127\.0\.0\.1:(\d+)$/m.exec(output)?.[1];
      if (port !== undefined) resolve({ port: Number(port), end });
    });
  });
}
