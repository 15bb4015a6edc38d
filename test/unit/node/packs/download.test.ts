import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { codeOf } from "../../../../src/base/errors.ts";
import { download } from "../../../../src/node/packs/store/download.ts";
import { PackServer } from "../../../support/pack-server.ts";

let folder: string;
let server: PackServer;
let url: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "flashproof-download-"));
  server = new PackServer();
  url = `${await server.start()}/any.pack`;
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe("a download", () => {
  it("ends with pack-download at its limit where bytes come without an end", async () => {
    server.files.set("/any.pack", { bytes: new Uint8Array(0x10000), drips: true });
    const path = join(folder, "any.pack");
    const error: unknown = await download(url, path, 0x10000, { env: {}, limitMs: 500 }).catch((why: unknown) => why);
    expect([codeOf(error), (error as Error).message, existsSync(path)]).toEqual([
      "pack-download",
      `${url} could not be downloaded: it was not all there after 0.5 s`,
      false,
    ]);
  });

  it("ends as aborted where its user calls it off before the limit, and is continued where it stood", async () => {
    server.files.set("/any.pack", { bytes: new Uint8Array(0x10000), drips: true });
    const [path, stop] = [join(folder, "any.pack"), new AbortController()];
    const running = download(url, path, 0x10000, { env: {}, limitMs: 600_000, signal: stop.signal });
    const ended = running.catch((why: unknown) => why);
    while ((statSync(`${path}.part`, { throwIfNoEntry: false })?.size ?? 0) < 3) await new Promise(setImmediate);
    stop.abort();
    expect(codeOf(await ended)).toBe("aborted");
    server.files.set("/any.pack", { bytes: new Uint8Array(0x10000) });
    await download(url, path, 0x10000, { env: {} });
    expect([statSync(path).size, server.asked[1]]).toEqual([
      0x10000,
      expect.stringMatching(/^\/any\.pack bytes=\d+-$/),
    ]);
  });
});
