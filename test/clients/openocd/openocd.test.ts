import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeApart } from "../judges.ts";
import { type Bench, BOARD, openBench } from "./bench.ts";
import { asText, flashedWith } from "../boards.ts";

const FOLDER = "examples/k24-bootloader";
const FSEC = 0x40c;

describeApart()("OpenOCD on the twin", () => {
  let bench: Bench;
  let flashed: string;
  let folder: string;

  beforeAll(async () => {
    bench = await openBench();
    flashed = asText(await flashedWith("bootloader-open.raw.bin"));
    folder = mkdtempSync(join(tmpdir(), "flashproof-openocd-"));
  });
  afterAll(async () => {
    await bench?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  /** What OpenOCD says to these commands on a board with the bootloader, halted at its reset vector. */
  async function outputOf(...commands: readonly string[]): Promise<string> {
    await bench.ask("board", BOARD, flashed);
    const { code, output } = await bench.openocd(["init", "reset init", ...commands]);
    expect(code, output).toBe(0);
    return output;
  }

  const flashByte = async (address: number) => Buffer.from(await bench.ask("peek", address, 1), "base64")[0];

  it("recognises chip and core, and disables the watchdog with its own code", async () => {
    const output = await outputOf("mdw 0xe00ff000 8");
    expect(output).toContain("VTarget = 3.314 V");
    expect(output).toContain("SWD DPIDR 0x2ba01477");
    expect(output).toContain("Cortex-M4 r0p1 processor detected");
    expect(output).toContain("target has 6 breakpoints, 4 watchpoints");
    expect(output).toContain("MDM: Chip is unsecured. Continuing.");
    expect(output).toContain("Kinetis MK24FN1M0xxx12 detected: 2 flash blocks");
    expect(output).toContain("2 PFlash banks: 1024 KiB total");
    expect(output).toContain("Disabling Kinetis watchdog (initial WDOG_STCTRLH = 0x01d3)");
    expect(output).toContain("WDOG_STCTRLH = 0x01d2");
    expect(output).toContain("0xe00ff000: fff0f003 fff02003 fff03003 fff01003 fff41003 fff42003");
  });

  it("checks what is erased, and erases sectors in their specified time", async () => {
    const output = await outputOf(
      "flash erase_check 0",
      "flash erase_check 1",
      "flash erase_sector 0 5 18",
      "flash erase_check 0",
    );
    expect(output.match(/0x00005000 \(0x1000 4kB\) not erased/g)).toHaveLength(1);
    expect(output.match(/0x00000000 \(0x1000 4kB\) not erased/g)).toHaveLength(2);
    expect(output).toContain("Bank is erased");
    expect(output).toContain("erased sectors 5 through 18 on flash bank 0");
  });

  it("dumps what was flashed", async () => {
    const file = join(folder, "dump.bin");
    await outputOf(`dump_image ${file} 0 77252`, "verify_image examples/k24-bootloader/bootloader-open.elf");
    expect(readFileSync(file).equals(readFileSync(`${FOLDER}/bootloader-open.raw.bin`))).toBe(true);
  });

  /** Writes and verifies a file of the example firmware under one setting of the configuration field's source. */
  async function write(source: "protection" | "write", name: string): Promise<string> {
    const file = `${FOLDER}/${name}`;
    return outputOf(
      "flash erase_sector 0 0 18",
      `kinetis fcf_source ${source}`,
      `flash write_image erase ${file}`,
      `echo "verify: [catch {verify_image ${file}} said] $said"`,
    );
  }

  it("fcf_source protection keeps an open chip open whatever the image contains", async () => {
    const output = await write("protection", "bootloader.elf");
    expect(output).toContain("Device security requested in the programmed file! Write denied.");
    expect(output).toContain("verify: -4");
    expect(output).toContain("diff 0 address 0x0000040c. Was 0xfe instead of 0x7b");
    expect(await flashByte(FSEC)).toBe(0xfe);
  });

  it("fcf_source protection programs an open image's field over the existing one", async () => {
    const output = await write("protection", "bootloader-open.elf");
    expect(output).toContain("Trying to re-program FCF.");
    expect(output).toContain("verify: 0");
    expect(await flashByte(FSEC)).toBe(0x7a);
  });

  it("fcf_source write writes the field of the image, which locks the chip at its next reset", async () => {
    const output = await write("write", "bootloader.elf");
    expect(output).toContain("wrote 61440 bytes");
    expect(output).toContain("verify: 0");
    expect(await flashByte(FSEC)).toBe(0x7b);
    const { output: after } = await bench.openocd(["catch {init}", "catch {reset}"]);
    expect(after).toContain("Your Kinetis MCU is in secured state");
  });

  it("fcf_source write writes an open image as it is", async () => {
    expect(await write("write", "bootloader-open.elf")).toContain("verify: 0");
    expect(await flashByte(FSEC)).toBe(0x7a);
  });

  it("finds a blank chip in its reset loop and halts it", async () => {
    await bench.ask("board", BOARD);
    const { code, output } = await bench.openocd(["init", "kinetis mdm halt", "reset init", "mdb 0x400 16"]);
    expect(code, output).toBe(0);
    expect(output).toContain("Your Kinetis MCU is probably locked-up in RESET/WDOG loop.");
    expect(output).toContain("0x00000400: ff ff ff ff ff ff ff ff ff ff ff ff fe ff ff ff");
  });

  it("connects to a blank chip under reset", async () => {
    await bench.ask("board", BOARD);
    const config = "reset_config srst_only srst_nogate connect_assert_srst";
    const { code, output } = await bench.openocd([config, "init", "reset init", "mdw 0"]);
    expect(code, output).toBe(0);
    expect(output).toContain("halted due to debug-request");
    expect(output).toContain("0x00000000: ffffffff");
  });

  /** A mass erase through the MDM-AP, and what flash holds at the security byte after it. */
  async function massErase(options: { readonly reset: boolean }): Promise<{ output: string; fsec: number }> {
    const { output } = await bench.openocd(
      ["catch {init}", "kinetis mdm check_security", "kinetis mdm mass_erase"],
      options,
    );
    return { output, fsec: await flashByte(FSEC) };
  }

  it("mass-erases an open chip without a reset line", async () => {
    await bench.ask("board", BOARD, flashed);
    const { output, fsec } = await massErase({ reset: false });
    expect(output).toContain("MDM: Chip is unsecured. Continuing.");
    expect(fsec).toBe(0xfe);
    expect(await flashByte(0)).toBe(0xff);
  });

  it("fails to mass-erase a locked chip without a reset line", async () => {
    await write("write", "bootloader.elf");
    await bench.ask("board", { ...BOARD, powerCycle: true }, await bench.ask("state"));
    const { output, fsec } = await massErase({ reset: false });
    expect(output).toContain("Your Kinetis MCU is in secured state");
    expect(output).toContain("Mass erase of a secured MCU is not possible without hardware reset.");
    expect(fsec).toBe(0x7b);
  });

  it("mass-erases a locked chip with its reset line, which opens it", async () => {
    await bench.ask("board", { ...BOARD, locked: true });
    expect(await flashByte(FSEC)).toBe(0xff);
    const { output, fsec } = await massErase({ reset: true });
    expect(output).toMatch(/external reset detected[\s\S]*MDM: Chip is unsecured/);
    expect(fsec).toBe(0xfe);
  });
});
