import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { recordsBuilt, type TraceRecord } from "../../src/base/trace.ts";
import * as browser from "../../src/entry/browser.ts";
import * as library from "../../src/entry/node.ts";
import { hasJudge, requiredJudges } from "../../tools/judges.mjs";
import { makePack } from "../../tools/make-pack.mjs";
import { Chance } from "../support/chance.ts";

const chip = "MK24FN1M0xxx12";
const IMAGE = "examples/k24-bootloader/bootloader.hex";
const BYTES = new Uint8Array(readFileSync(IMAGE));
const fsec = 0x40c;

/** Connects to a new board, does the work and closes the connection. */
async function onBoard<T>(work: (connection: library.Connection, twin: library.Twin) => Promise<T>): Promise<T> {
  const twin = library.createTwin({ chip });
  const connection = await library.connect({ probe: twin, chip });
  try {
    return await work(connection, twin);
  } finally {
    await connection.close();
  }
}

describe("flashImage", () => {
  it("has the verdict equal-but-declared with the byte that keep-open changed", async () => {
    await onBoard(async (connection, twin) => {
      const report = await library.flashImage(connection, library.readImage(IMAGE), { security: "keep-open" });
      expect(report.verify.verdict).toBe("equal-but-declared");
      expect(report.plan.changes).toMatchObject([{ address: fsec, field: "FSEC", from: 0x7b, to: 0x7a }]);
      expect([...twin.peekFlash(fsec, 1)]).toEqual([0x7a]);
      expect(report.totalMs).toBeGreaterThan(0);
    });
  });

  it("refuses an image that would lock the chip under the usual policy, and leaves the flash alone", async () => {
    await onBoard(async (connection, twin) => {
      const before = twin.peekFlash(0, 0x2000);
      const flashing = library.flashImage(connection, library.readImage(IMAGE));
      await expect(flashing).rejects.toMatchObject({ code: "consent-missing" });
      expect(twin.peekFlash(0, 0x2000)).toEqual(before);
    });
  });

  it("programs the security byte as the image has it with as-image, and a reset locks the chip", async () => {
    await onBoard(async (connection) => {
      const image = library.readImage(IMAGE);
      const needed = library.planFlash(image, { chip, security: "as-image" }).needs;
      const allowIrreversible = needed.flatMap(({ token }) => token ?? []);
      const report = await library.flashImage(connection, image, { security: "as-image", allowIrreversible });
      expect(report.verify.verdict).toBe("equal");
      expect((await connection.session.reset("system", "run"))?.locked).toBe(true);
    });
  });

  it("is aborted by its signal before anything is erased", async () => {
    await onBoard(async (connection) => {
      const signal = AbortSignal.abort();
      const flashing = library.flashImage(connection, library.readImage(IMAGE), { security: "keep-open", signal });
      await expect(flashing).rejects.toMatchObject({ code: "aborted" });
    });
  });

  it("refuses a file without its end record", async () => {
    const cut = BYTES.subarray(0, new TextDecoder().decode(BYTES).indexOf(":00000001FF"));
    await onBoard(async (connection) => {
      const image = library.readImage(cut, { name: "cut.hex" });
      const refused = library.flashImage(connection, image, { security: "keep-open" });
      await expect(refused).rejects.toMatchObject({ code: "image-incomplete" });
      const taken = library.flashImage(connection, image, { security: "keep-open", allowIncomplete: true });
      expect((await taken).verify.verdict).toBe("equal-but-declared");
    });
  });
});

describe("connect", () => {
  it("opens a twin by its selector, and a locked one without a core", async () => {
    const connection = await library.connect({ probe: `twin:${chip},locked=1`, chip });
    expect((await connection.session.lock())?.locked).toBe(true);
    expect(() => connection.session.core).toThrow(expect.objectContaining({ code: "target-locked" }));
    await connection.close();
  });

  it("opens a locked one with a core where the mass erase is consented to, after it was announced", async () => {
    const announced: string[] = [];
    const onMassErase: library.OnMassErase = ({ name }, because) => void announced.push(`${name} ${because}`);
    const options = { probe: `twin:${chip},locked=1`, chip, allowMassErase: true, onMassErase };
    const connection = await library.connect(options);
    expect(connection.session.massErased).toBe(true);
    expect(announced).toEqual([`${chip} locked`]);
    await connection.close();
  });

  it("throws for an unknown chip before it opens a probe", async () => {
    const connecting = library.connect({ probe: "twin:NONE", chip: "MK99" });
    await expect(connecting).rejects.toMatchObject({ code: "chip-unknown" });
  });

  it("writes trace records to a sink, and builds none without one", async () => {
    const before = recordsBuilt();
    await onBoard(async () => {});
    expect(recordsBuilt()).toBe(before);
    const records: TraceRecord[] = [];
    const trace: library.TraceSink = { level: "trace", write: (record) => void records.push(record) };
    await (await library.connect({ probe: `twin:${chip}`, chip, trace })).close();
    expect(new Set(records.map(({ layer }) => layer))).toContain("usb");
  });
});

describe("planFlash and explainImage", () => {
  it("plan the declared change that the flash makes", () => {
    const { changes } = library.planFlash(library.readImage(IMAGE), { chip, security: "keep-open" });
    expect(changes.map(({ address, to }) => [address, to])).toEqual([[fsec, 0x7a]]);
  });

  it("explain layout, vectors and the security byte for a chip, and the layout alone without one", () => {
    const image = library.readImage(IMAGE);
    const explained = library.explainImage(image, { chip });
    expect([explained.vectors?.stack, explained.fields[0]?.bytes[0xc]]).toEqual([0x20030000, 0x7b]);
    expect(library.explanationLines(explained)[0]).toBe("format: hex");
    expect(explained.findings.map(({ id }) => id)).toContain("fsec-locks");
    expect(library.explainImage(image)).toMatchObject({ image, fields: [], findings: [], isForeign: false });
  });
});

describe("the entry for browsers", () => {
  it("flashes bytes onto a twin over its USB device", async () => {
    const twin = browser.createTwin({ chip });
    const connection = await browser.connect({ probe: twin, chip });
    const image = browser.readImage(BYTES, { name: "bootloader.hex" });
    const { verify } = await browser.flashImage(connection, image, { security: "keep-open" });
    await connection.close();
    expect(verify.verdict).toBe("equal-but-declared");
  });

  it("throws probe-not-found for a device that no driver knows", async () => {
    const { device } = browser.createTwin({ chip });
    const other = new Proxy(device, { get: (of, name) => (name === "vendorId" ? 1 : Reflect.get(of, name)) });
    const hidden = new Proxy(other, {
      get: (of, name) => (name === "configuration" ? undefined : Reflect.get(of, name)),
    });
    await expect(browser.connect({ probe: hidden, chip })).rejects.toMatchObject({ code: "probe-not-found" });
  });
});

const GCC = "arm-none-eabi-gcc";

describe.runIf(hasJudge(GCC) || requiredJudges().includes(GCC))("readPackChip", () => {
  it("gives connect, planFlash and flashImage a device of a pack, whose algorithm programs the twin", async () => {
    const folder = mkdtempSync(join(tmpdir(), "flashproof-library-pack-"));
    const pack = join(folder, "own.pack");
    writeFileSync(pack, await makePack());
    try {
      const device = await library.readPackChip(pack, "own-nrf52840");
      const bytes = new Chance(13).bytes(0x1800);
      const image = library.readImage(bytes, { format: "raw", address: 0x4000 });
      const planned = library.planFlash(image, { chip: device });
      expect([planned.steps.length > 0, planned.steps[0].bank.algorithm?.name]).toEqual([true, "Flash/nrf52.FLM"]);
      const twin = library.createTwin({ chip: "nRF52840_xxAA" });
      const connection = await library.connect({ probe: twin, chip: device });
      const report = await library.flashImage(connection, image);
      await connection.close();
      expect(report.verify.verdict).toBe("equal");
      expect(Buffer.from(twin.peekFlash(0x4000, 0x1800)).equals(Buffer.from(bytes))).toBe(true);
      await expect(library.readPackChip(pack, "STM32H743")).rejects.toMatchObject({ code: "pack-device-unknown" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
