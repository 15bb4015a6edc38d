import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { board, example, onTarget } from "../../support/board.ts";
import { ALPHABET, runProgram } from "../../support/itm-programs.ts";
import { until } from "../../support/sockets.ts";
import { compile } from "../gdb/compile.ts";
import { expectDebugSession, runGdb, debuggeeCommands } from "../gdb/debug-session.ts";
import { describeWith } from "../judges.ts";
import { flashedWith } from "../boards.ts";
import { type Bench, openBench } from "./bench.ts";

const FSEC = 0x40c;
const SECTOR = 4096;
const image = (name: string) => resolve("examples/k24-bootloader", name);

/** pyOCD holds a blank chip only by its reset line: by itself the chip resets over and over. */
const UNDER_RESET = ["-M", "under-reset"];

let folder: string;
let bench: Bench | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "flashproof-pyocd-"));
});
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A board, and what pyOCD says when its subcommand ends well. */
async function start(options: Parameters<typeof openBench>[1] = {}): Promise<Bench & { ok: Ok }> {
  bench = await openBench(folder, options);
  const { pyocd } = bench;
  const ok: Ok = async (...args) => {
    const { code, output } = await pyocd(...args);
    expect(code, output).toBe(0);
    return output;
  };
  return { ...bench, ok };
}

type Ok = (subcommand: string, ...args: readonly string[]) => Promise<string>;

/** `-c` before each of Commander's commands. */
const commands = (...list: readonly string[]) => list.flatMap((command) => ["-c", command]);

describeWith("pyocd")("pyOCD on the twin", () => {
  it.each(["jlink", "cmsis-dap-v1", "cmsis-dap-hs"] as const)(
    "finds core, ROM table and debug units behind %s",
    async (probe) => {
      const { ok } = await start({ probe });
      const output = await ok("cmd", "-v", ...UNDER_RESET, ...commands("status", "readap 1 0xfc"));
      for (const line of [
        "DP IDR = 0x2ba01477 (v1 rev2)",
        "AHB-AP#0 IDR = 0x24770011",
        "K64F not in secure state",
        "ROM table #0 @ 0xe00ff000 (designer=43b:Arm part=4c4)",
        "<e000e000:SCS v7-M",
        "<e0040000:TPIU M4",
        "CPU core #0: Cortex-M4 r0p1, v7.0-M architecture",
        "Extensions: [DSP, FPU, FPU_V4]",
        "4 hardware watchpoints",
        "6 hardware breakpoints, 2 literal comparators",
        "Core 0 (None):  Halted",
        "AP register 0x10000fc = 0x001c0000",
      ])
        expect(output).toContain(line);
    },
  );

  it("programs the bootloader with its own flash algorithm and leaves the chip open as it does on silicon", async () => {
    const { ok, twin } = await start();
    expect(await ok("load", ...UNDER_RESET, image("bootloader.hex"))).toContain("programmed 61440 bytes (15 pages)");
    const wanted = example("bootloader.hex").segments.map(({ address, bytes }) => {
      const opened = bytes.slice();
      if (FSEC >= address && FSEC < address + bytes.length) opened[FSEC - address] = 0xfe;
      return { address, bytes: opened };
    });
    for (const { address, bytes } of wanted)
      expect(Buffer.from(twin.peekFlash(address, bytes.length)).equals(bytes)).toBe(true);
    // Its analyser counts the CRC of each sector on the core; only the one with the security byte differs.
    expect(await ok("load", image("bootloader.hex"))).toContain("identical 57344 bytes (14 pages)");
  });

  it("reads back bytes, halfwords and words that it wrote, and steps", async () => {
    const { ok } = await start({ state: await flashedWith("bootloader-open.raw.bin") });
    const saved = join(folder, "saved.bin");
    const output = await ok(
      "cmd",
      ...commands("reset halt", "reg pc", "step", "reg pc", "wreg r3 0x55", "reg r3"),
      ...commands("write32 0x20000000 0x12345678 0x9abcdef0", "read8 0x20000001 6"),
      ...commands("write8 0x20000003 0xaa", "read16 0x20000002 4", "fill 0x20001000 64 0x5a", "read32 0x2000103c 8"),
      ...commands("savemem 0 77252 " + saved),
    );
    const pcs = [...output.matchAll(/pc = 0x([0-9a-f]{8})/g)].map(([, pc]) => Number.parseInt(pc, 16));
    expect(pcs).toHaveLength(2);
    expect(pcs[1]).not.toBe(pcs[0]);
    expect(output).toContain("r3 = 0x00000055");
    expect(output).toContain("20000001:  56 34 12 f0  de bc");
    expect(output).toContain("20000002:  aa34 def0");
    expect(output).toMatch(/2000103c: {2}5a5a5a5a [0-9a-f]{8}/);
    expect(readFileSync(saved).equals(readFileSync(image("bootloader-open.raw.bin")))).toBe(true);
  });

  it("runs, and sleeps, after a reset of the halted core, and halts only for reset halt", async () => {
    const { ok } = await start({ state: await flashedWith("bootloader-open.raw.bin") });
    const statesAfter = async (...list: readonly string[]) => {
      const output = await ok("cmd", ...commands(...list));
      return [...output.matchAll(/Core 0 .*: +(\w+)/g)].map(([, state]) => state);
    };
    // How far the firmware has come at each status is a matter of the machine's speed: asked ten times.
    const running = await statesAfter("halt", "reset", ...Array(10).fill(["sleep 300", "status"]).flat());
    expect(running).toHaveLength(10);
    expect(running).not.toContain("Halted");
    expect(running).toContain("Sleeping");
    expect(await statesAfter("halt", "reset halt", "status")).toEqual(["Halted"]);
  });

  it("erases one sector and no other", async () => {
    const { ok, twin } = await start({ state: await flashedWith("bootloader-open.raw.bin") });
    await ok("erase", "--sector", "0x8000");
    expect(twin.peekFlash(0x8000, SECTOR).every((byte) => byte === 0xff)).toBe(true);
    for (const beside of [0x8000 - 4, 0x8000 + SECTOR])
      expect(Buffer.from(twin.peekFlash(beside, 4)).toString("hex")).not.toBe("ffffffff");
  });

  it("locks the chip by erasing all of it, as on silicon, and opens it only with mass erase enabled", async () => {
    const { ok, pyocd, twin } = await start({ state: await flashedWith("bootloader-open.raw.bin") });
    await pyocd("erase", "--chip");
    expect(twin.peekFlash(0, 0x20000).every((byte) => byte === 0xff)).toBe(true);
    const refused = await pyocd("cmd", ...UNDER_RESET, ...commands("read8 0x40c 1"));
    expect(refused.output).toContain("in secure state: not automatically unlocking");
    const opened = await ok("cmd", ...UNDER_RESET, "-O", "auto_unlock=true", ...commands("read8 0x40c 1"));
    expect(opened).toContain("unlocked successfully");
    expect(opened).toContain("0000040c:  fe");
  });

  it("reports faults on the wire and an unplugged probe", async () => {
    const { pyocd } = await start({ faults: "fault@dap=2000x100000" });
    expect((await pyocd("load", ...UNDER_RESET, image("small.hex"))).output).toContain("status code 12");
    await bench?.close();
    const { pyocd: unplugged } = await start({ faults: "unplug@usb=60" });
    const { code, output } = await unplugged("load", ...UNDER_RESET, image("small.hex"));
    expect(code).not.toBe(0);
    expect(output).toContain("status code 2");
  });
});

describeWith("pyocd")("pyOCD's SWV reader on the twin", () => {
  it.each(["jlink", "cmsis-dap-hs"] as const)(
    "prints what firmware sends by ITM port 0, through %s",
    async (probe) => {
      const twin = board({ flash: "zero" });
      await onTarget(twin, (session) => runProgram(session, ALPHABET));
      const { gdbserver, printed } = await start({ state: twin.snapshot(), probe });
      // A fourteenth of the core's clock is near 1.5 MHz, which both probes can make; pyOCD does not ask them.
      const options = ["enable_swv=1", "swv_system_clock=20971520", "swv_clock=1497965", "swv_raw_enable=0"];
      await gdbserver("-M", "attach", ...options.flatMap((option) => ["-O", option]));
      await until(() => printed().length > 500);
      const letters = printed().slice(0, 500);
      const next = (letter: string) => (letter === "Z" ? "A" : String.fromCharCode(letter.charCodeAt(0) + 1));
      // A pyOCD that comes late to a full buffer misses letters; a wrong byte or speed would break the order everywhere.
      const breaks = [...letters].filter((letter, i) => i > 0 && letter !== next(letters[i - 1]));
      expect(letters).toMatch(/^[A-Z]*$/);
      expect(breaks.length).toBeLessThan(letters.length / 4);
    },
    150_000,
  );
});

describeWith(
  "pyocd",
  "gdb-multiarch",
  "arm-none-eabi-gcc",
)("GDB on the twin, through pyOCD", () => {
  it("loads into flash, stops at breakpoints in flash and RAM and at a watchpoint, reads floats, and unwinds a HardFault", async () => {
    const { gdbserver } = await start({ state: await flashedWith("bootloader-open.raw.bin") });
    const elf = compile("debuggee", folder);
    // pyOCD's map of the K64F leaves the core's own registers out, and GDB wants FPCCR to unwind.
    const reset = ["set mem inaccessible-by-default off", "monitor reset halt"];
    expectDebugSession(await runGdb(folder, debuggeeCommands(elf, await gdbserver(), reset)));
  });
});
