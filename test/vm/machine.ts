import { spawn } from "node:child_process";
import { chmodSync } from "node:fs";
import { root } from "../../tools/lib/project.mjs";
import type { GuestKernel } from "./kernel.ts";

/** What one boot is for. */
export interface Boot {
  readonly kernel: GuestKernel;
  /** The shell script that the guest runs, and the JavaScript that this starts, if any. */
  readonly script: string;
  readonly program?: string;
  /** Where the boards are served, on this machine's 127.0.0.1. */
  readonly port: number;
  /** Longest it may take, in milliseconds. */
  readonly patienceMs: number;
  /** More for the program, as variables. */
  readonly variables?: { readonly [name: string]: string };
  /** Ports of this machine's 127.0.0.1 that lead to ports of the guest. */
  readonly forwards?: readonly { readonly host: number; readonly guest: number }[];
  /** Processors and memory in MB; one and 2048 unless given. */
  readonly processors?: number;
  readonly memory?: number;
  /** Ends the guest at once. */
  readonly signal?: AbortSignal;
}

/** The guest's address in QEMU's user network (init.sh). */
const GUEST = "10.0.2.15";

/** How it ended: the program's exit code, or undefined where the guest did not come so far. */
export type Outcome = { readonly code: number | undefined };

/** Boots a guest once and shows what it prints, without a network but this machine's loopback interface. */
export function boot({ kernel, script, port, patienceMs, signal, ...more }: Boot): Promise<Outcome> {
  const { program = "", variables = {}, forwards = [], processors = 1, memory = 2048 } = more;
  const forwarded = forwards.map(({ host, guest }) => `,hostfwd=tcp:127.0.0.1:${host}-${GUEST}:${guest}`);
  chmodSync(kernel.kernel, 0o644);
  const parameters = [
    ...["console=ttyS0", "quiet", "loglevel=4", "panic=-1", "mitigations=off", "nokaslr", "tsc=reliable"],
    ...Object.entries({
      GUEST: script,
      PROGRAM: program,
      PROJECT: root,
      NODE: process.execPath,
      PORT: `${port}`,
      ...variables,
    }).map(([name, value]) => `${name}=${value}`),
  ];
  const args = [
    ...[
      "-n",
      "5",
      "qemu-system-x86_64",
      "-M",
      "pc",
      "-accel",
      "tcg,thread=multi",
      "-cpu",
      "qemu64",
      "-smp",
      `${processors}`,
      "-m",
      `${memory}`,
    ],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-serial", "stdio", "-no-reboot"],
    ...["-kernel", kernel.kernel, "-initrd", kernel.disk, "-append", parameters.join(" ")],
    ...["-nic", `user,model=virtio-net-pci,ipv6=off${forwarded.join("")}`],
    ...["-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"],
  ];
  return new Promise((resolve, reject) => {
    const child = spawn("nice", args, { stdio: ["ignore", "pipe", "inherit"] });
    const kill = () => void child.kill("SIGKILL");
    const late = setTimeout(kill, patienceMs);
    signal?.addEventListener("abort", kill);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      process.stdout.write(chunk);
    });
    child.on("error", reject).on("close", () => {
      clearTimeout(late);
      signal?.removeEventListener("abort", kill);
      const code = /^@@ rc (\d+)/m.exec(output)?.[1];
      resolve({ code: code === undefined ? undefined : Number(code) });
    });
  });
}
