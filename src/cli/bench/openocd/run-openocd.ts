import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WaitError } from "../../../base/errors.ts";
import { isHidDevice, type ProbeDevice } from "../../../probe/drivers.ts";
import { BenchBoard, type BoardKind, type Model } from "../bench-board.ts";
import type { Traffic } from "../traffic.ts";
import { BUS_LIBRARY } from "./bus-library.ts";
import { BusServer, endpointsOf } from "./bus-server.ts";
import { FILE, type OpenocdJob, unreachedBy } from "./openocd-jobs.ts";

/**
 * OpenOCD's command line for a job, and what went between it and the probe, or the last that it printed where it failed; or
 * why it is not run.
 */
export type OpenocdRun =
  | ({ readonly command: string } & ({ readonly traffic: Traffic } | { readonly failed: string }))
  | { readonly cannot: string };

/** Longest for one run by this machine's clock, in milliseconds; one that hangs is ended. */
const LONGEST_MS = 600_000;

const MOST_TRIES = 3;

/** How much of OpenOCD's last words a failure shows. */
const SHOWN = 1_500;

/** OpenOCD on this machine, and the library through which it reaches simulated boards; `close` removes its folder. */
export class Openocd {
  private readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** OpenOCD with the library compiled; a sentence where this machine lacks something that it takes. */
  static find(): Openocd | string {
    if (process.platform !== "linux") return "OpenOCD is compared on Linux only";
    if (spawnSync("openocd", ["--version"], { stdio: "ignore" }).status !== 0) return "OpenOCD is not installed";
    const folder = mkdtempSync(join(tmpdir(), "flashproof-bench-"));
    writeFileSync(join(folder, "bus.c"), BUS_LIBRARY);
    const words = ["-shared", "-fPIC", "-O1", "-o", join(folder, "bus.so"), join(folder, "bus.c")];
    if (spawnSync("cc", words, { stdio: "ignore" }).status === 0) return new Openocd(folder);
    rmSync(folder, { recursive: true });
    return "a C compiler (cc) is not installed, with which OpenOCD is connected to simulated boards";
  }

  /** Removes what was made. */
  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * Does a job on a fresh board, and again where it fails: OpenOCD waits for the flash by this machine's clock, in which a busy
   * machine may not come far. It is not run where it is known not to reach the chip. Throws `WaitError` `aborted`.
   */
  async run(job: OpenocdJob, kind: BoardKind, signal: AbortSignal): Promise<OpenocdRun> {
    const cannot = unreachedBy(driverOf(kind.model), kind.chip);
    if (cannot !== undefined) return { cannot };
    for (let tries = 1; ; tries++) {
      const run = await this.runOnce(job, kind, signal);
      if (tries === MOST_TRIES || !("failed" in run)) return run;
    }
  }

  private async runOnce(job: OpenocdJob, kind: BoardKind, signal: AbortSignal): Promise<OpenocdRun> {
    const board = await BenchBoard.make(kind);
    const { device } = board;
    const socket = join(this.folder, "bus");
    const server = await BusServer.at(socket, device, kind.model.startsWith("jlink") ? "some" : "each");
    if (job.image) writeFileSync(join(this.folder, FILE), job.image);
    const words = wordsOf(job, kind);
    const command = ["openocd", ...words.map((word) => (/[^\w./-]/.test(word) ? `"${word}"` : word))].join(" ");
    try {
      const failed = await this.end(words, { ...environmentOf(device), FLASHPROOF_BUS: socket }, signal);
      return failed === undefined ? { command, traffic: board.traffic.traffic() } : { command, failed };
    } finally {
      await server.close();
    }
  }

  /** Runs OpenOCD to its end; answers the last that it printed where it fails. */
  private end(
    words: readonly string[],
    variables: NodeJS.ProcessEnv,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const env = { ...process.env, ...variables, LD_PRELOAD: join(this.folder, "bus.so") };
    const child = spawn("openocd", words, {
      cwd: this.folder,
      env,
      signal,
      timeout: LONGEST_MS,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (piece: Buffer) => {
        printed = (printed + piece.toString()).slice(-SHOWN);
      });
    return new Promise((resolve, reject) => {
      child.once("error", (cause) => {
        reject(signal.aborted ? new WaitError("aborted", "Called off while OpenOCD ran", { cause }) : cause);
      });
      child.once("close", (code) => resolve(code === 0 ? undefined : printed));
    });
  }
}

/** OpenOCD's driver for a probe model. */
const driverOf = (model: Model): string => (model.startsWith("jlink") ? "jlink" : "cmsis-dap");

/** OpenOCD's words: the probe, the chip's configuration, the job. */
function wordsOf({ config, commands }: OpenocdJob, { model, hz }: BoardKind): readonly string[] {
  const backend = model === "cmsis-dap-v1" ? "hid" : "usb_bulk";
  const driver = driverOf(model);
  const ofDriver = driver === "jlink" ? [] : [`cmsis_dap_backend ${backend}`];
  const ports = ["gdb_port disabled", "tcl_port disabled", "telnet_port disabled"];
  const before = [`adapter driver ${driver}`, ...ofDriver, "transport select swd", ...ports];
  const asCommands = (list: readonly string[]) => list.flatMap((command) => ["-c", command]);
  const after = [`adapter speed ${hz / 1_000}`, ...commands, "shutdown"];
  return [...asCommands(before), "-f", config, ...asCommands(after)];
}

/** What the library knows of the probe, as variables. */
function environmentOf(device: ProbeDevice): NodeJS.ProcessEnv {
  const ids = { VENDOR: device.vendorId, PRODUCT: device.productId, NAME: device.productName };
  const made = { ...ids, SERIAL: device.serialNumber, ...(isHidDevice(device) ? { HID: 1 } : bulkOf(device)) };
  return Object.fromEntries(Object.entries(made).map(([name, value]) => [`FLASHPROOF_BUS_${name}`, String(value)]));
}

function bulkOf({ configuration }: Exclude<ProbeDevice, { receive: unknown }>) {
  const alternate = configuration?.interfaces[0]?.alternates[0];
  const [first, second] = endpointsOf(configuration).map(
    ({ endpointNumber, direction }) => endpointNumber | (direction === "in" ? IN : 0),
  );
  const packet = alternate?.endpoints[0]?.packetSize;
  return {
    FIRST: first,
    SECOND: second,
    PACKET: packet,
    CLASS: alternate?.interfaceSubclass,
    INTERFACE: alternate?.interfaceName,
  };
}

/** The direction bit of bEndpointAddress (USB 2.0, 9.6.6). */
const IN = 0x80;
