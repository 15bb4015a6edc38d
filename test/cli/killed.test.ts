import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { patchJournal } from "../../src/node/files/patch-journal.ts";
import { type KilledAt, killedNode, placesToKill } from "../support/killed/killed.ts";
import { RECORD_CHIP, recordOf } from "../support/killed/record.ts";
import { Workspace } from "./workspace.ts";

const workspace = new Workspace();
afterAll(() => workspace.clear());

const LOADER = pathToFileURL(resolve("tools/lib/ts-loader.mjs")).href;
const PROGRAM = resolve("test/support/killed/writes-files.ts");
const folder = workspace.path("files");
const path = join(folder, "file");
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
});

/** Runs the small program in a process of its own, which is ended at that place. */
function write(what: string, text: string, at: Omit<KilledAt, "folder">) {
  const target = what === "put" || what === "drop" ? folder : path;
  return killedNode(["--import", LOADER, PROGRAM, what, target, text], { folder, ...at });
}

/** Long enough that half of it is no whole text. */
const [OLD, NEW] = ["old", "new"].map((word) => word.repeat(1000));

/** What a killed writer may leave beside its file. */
const LEFT = /^\.flashproof-[0-9a-f]+\.part$|^file\.lock$/;
const others = (name: string) => readdirSync(folder).filter((each) => each !== name && !LEFT.test(each));
const textAt = (name: string) =>
  readdirSync(folder).includes(name) ? readFileSync(join(folder, name), "utf8") : "none";

describe("a process that is ended by SIGKILL before any of its file operations, or halfway through a write", () => {
  it.each([
    ["is not there yet", "none"],
    ["is there", OLD],
  ])("leaves a board's file that %s as it was, or whole, and its lock to the next process", (_which, before) => {
    const prepare = () => {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      if (before !== "none") writeFileSync(path, before, { mode: 0o600 });
    };
    prepare();
    const whole = write("state", NEW, { at: 0 });
    expect([whole.status, whole.err, textAt("file")]).toEqual([0, "", NEW]);
    expect(whole.operations).toEqual(expect.arrayContaining(["open", "write", "fsync", "close", "rename"]));
    const places = placesToKill(whole.operations);
    const seen = new Set<string>();
    for (const place of places) {
      prepare();
      expect([place, write("state", NEW, place).signal]).toEqual([place, "SIGKILL"]);
      const text = textAt("file");
      seen.add(text);
      expect([place, [before, NEW].includes(text), others("file")]).toEqual([place, true, []]);
      if (text === OLD) expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    expect(seen).toEqual(new Set([before, NEW]));
    const next = write("state", NEW, { at: 0 });
    expect([next.status, textAt("file"), readdirSync(folder).includes("file.lock")]).toEqual([0, NEW, false]);
  });

  it("leaves the journal of breakpoints in flash with the record before or the one after, and no other", () => {
    const journal = patchJournal(folder, (broken) => expect.fail(`${broken} is no whole record`));
    const { operations } = write("put", "new", { at: 0 });
    for (const place of placesToKill(operations)) {
      for (const name of readdirSync(folder)) rmSync(join(folder, name));
      journal.put(recordOf("old"));
      expect(write("put", "new", place).signal).toBe("SIGKILL");
      const [{ original }, ...more] = journal.list(RECORD_CHIP);
      expect([place, [0x11, 0x22].includes(original[0]), new Set(original).size, more]).toEqual([place, true, 1, []]);
    }
  });

  it("has the record on the disk, folder included, before it reports success", () => {
    const { operations } = write("put", "new", { at: 0 });
    // The file's own sync is before its name, the folder's behind it.
    expect(operations.slice(-5)).toEqual(["close", "rename", "open", "fsync", "close"]);
    expect(operations.indexOf("fsync")).toBeLessThan(operations.indexOf("rename"));
  });

  it("keeps a record that was to be dropped, and the next process drops it", () => {
    const journal = patchJournal(folder);
    journal.put(recordOf("old"));
    expect(write("drop", "old", { at: 1 }).signal).toBe("SIGKILL");
    expect(journal.list(RECORD_CHIP)).toHaveLength(1);
    expect(write("drop", "old", { at: 0 }).status).toBe(0);
    expect(journal.list(RECORD_CHIP)).toEqual([]);
  });
});
