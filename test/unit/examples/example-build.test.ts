import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, onTestFinished, type TestContext, test } from "vitest";

const BUILD = fileURLToPath(new URL("../../../tools/build-example.mjs", import.meta.url));
const PACKAGES: Record<string, string> = {
  "arm-none-eabi-gcc": "gcc-arm-none-eabi libnewlib-arm-none-eabi",
  "qemu-system-arm": "qemu-system-arm",
};

function present(tool: string): boolean {
  return spawnSync(tool, ["--version"]).status === 0;
}

/** Skips the test, with a line that says so, where a tool is missing and not required. */
function need(context: TestContext, ...tools: string[]): void {
  const required = (process.env["FLASHPROOF_REQUIRE"] ?? "").split(",");
  for (const tool of tools.filter((each) => !present(each))) {
    const line = `skipped: ${tool} (apt-get install ${PACKAGES[tool]})`;
    if (required.includes(tool)) throw new Error(`required, but ${line}`);
    console.log(line);
    context.skip(line);
  }
}

function build(...args: string[]): { status: number | null; output: string } {
  const done = spawnSync(process.execPath, [BUILD, ...args], { encoding: "utf8" });
  return { status: done.status, output: done.stdout + done.stderr };
}

test("the committed files come out of their sources byte for byte", (context) => {
  need(context, "arm-none-eabi-gcc");
  const { status, output } = build("--check");
  expect(output).not.toContain("different:");
  expect(status).toBe(0);
  if (output.startsWith("skipped:")) context.skip(output.trim());
});

test("a missing compiler is named, and fails only where it is required", () => {
  const without = (require: string) =>
    spawnSync(process.execPath, [BUILD], { encoding: "utf8", env: { PATH: "", FLASHPROOF_REQUIRE: require } });
  expect(without("").stdout.trim()).toBe(
    `skipped: arm-none-eabi-gcc (apt-get install ${PACKAGES["arm-none-eabi-gcc"]})`,
  );
  expect(without("").status).toBe(0);
  expect(without("openocd,arm-none-eabi-gcc").status).toBe(1);
});

/** QEMU's `mps2-an386` with `image`: its console over loopback, and its monitor. It ends with the test. */
async function startQemu(image: string): Promise<{ console: Socket; monitor: Writable }> {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const port = (server.address() as AddressInfo).port;
  const board = ["-M", "mps2-an386", "-display", "none", "-monitor", "stdio", "-nic", "none"];
  const child = spawn("qemu-system-arm", [...board, "-serial", `tcp:127.0.0.1:${port}`, "-kernel", image], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [console] = (await once(server, "connection")) as [Socket];
  return { console, monitor: child.stdin };
}

/** Runs `image`, types `keys` once `prompt` is there, and answers what was printed up to `last`. */
async function runOnQemu(image: string, last: string, keys = "", prompt = "boot> "): Promise<string> {
  const { console, monitor } = await startQemu(image);
  let output = "";
  for await (const chunk of console) {
    const before = output;
    output += (chunk as Buffer).toString("latin1");
    if (output.includes(prompt) && !before.includes(prompt)) {
      console.write(keys);
      // QEMU asks the UART whether it can receive only when its main loop turns; a guest that polls never turns it.
      monitor.write("\n");
    }
    const end = output.indexOf(last);
    if (end >= 0) return output.slice(0, end + last.length);
  }
  throw new Error(`stopped early: ${output}`);
}

describe("the variant for QEMU's mps2-an386", () => {
  const folder = mkdtempSync(join(tmpdir(), "k24-qemu-"));
  const raw = join(folder, "bootloader.raw.bin");
  beforeAll(() => {
    if (present("arm-none-eabi-gcc")) expect(build("--qemu", folder)).toEqual({ status: 0, output: "" });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The raw dump with `byte` at `address`. */
  function spoiled(address: number, byte: number): string {
    const image = readFileSync(raw);
    image[address] = byte;
    writeFileSync(`${raw}.${address}`, image);
    return `${raw}.${address}`;
  }

  test("boots, finds the application sound and ticks", async (context) => {
    need(context, "arm-none-eabi-gcc", "qemu-system-arm");
    const crc = readFileSync(raw).readUInt32LE(0x540c).toString(16).toUpperCase().padStart(8, "0");
    const lines = ["K24 bootloader 1.0", `application ok, crc ${crc}`, "application 1.0", "tick 1", "tick 2", ""];
    expect(await runOnQemu(join(folder, "bootloader.elf"), "tick 2\r\n")).toBe(lines.join("\r\n"));
  });

  test("its printf, libm and FPU reckon right", async (context) => {
    need(context, "arm-none-eabi-gcc", "qemu-system-arm");
    const output = await runOnQemu(join(folder, "bootloader.elf"), " wrong\r\n", "r", "application 1.0\r\n");
    expect(output).toContain("exp  ( 1.0) =  2.71828182845904553 ok\r\n");
    expect(output).toContain("\r\nreport: 0 wrong\r\n");
  });

  test("stays in the bootloader's console when a byte of the application is wrong", async (context) => {
    need(context, "arm-none-eabi-gcc", "qemu-system-arm");
    const image = spoiled(0x9000, ~readFileSync(raw)[0x9000]! & 0xff);
    const output = await runOnQemu(image, "try help\r\n", "info\rboot\rnonsense\r");
    expect(output).toMatch(
      /^K24 bootloader 1\.0\r\napplication crc [0-9A-F]{8}, expected [0-9A-F]{8}\r\nboot> info\r\n/,
    );
    expect(output).toContain("application version 1.0, length ");
    expect(output.match(/application crc /g)).toHaveLength(2);
  });

  test("prints so when there is no application, and when its length is absurd", async (context) => {
    need(context, "arm-none-eabi-gcc", "qemu-system-arm");
    expect(await runOnQemu(spoiled(0x5400, 0xff), "boot> ")).toContain("\r\nno application header at 00005400\r\n");
    expect(await runOnQemu(spoiled(0x540b, 0x80), "boot> ")).toContain("\r\napplication length 80");
  });

  test("the small firmware shows its sign and ticks", async (context) => {
    need(context, "arm-none-eabi-gcc", "qemu-system-arm");
    const output = await runOnQemu(join(folder, "small.elf"), "tick 1\r\n");
    expect(output.startsWith("K24 small 1.0\r\n")).toBe(true);
    expect(output).toContain("##########");
  });
});
