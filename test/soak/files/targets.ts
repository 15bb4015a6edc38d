import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Chance } from "../../support/chance.ts";
import type { OwnMounts } from "../../support/mounts.ts";

/** A path that is to be written. */
export interface Target {
  readonly path: string;
  /** What has to come of it, by every way that reaches the writing. `either`: the system decides. */
  readonly outcome: "written" | "refused" | "either";
  /** A file, or nothing: what stands there may change. */
  readonly isReplaced: boolean;
  /** What has to stand in the new file's attributes. */
  readonly mode?: string;
}

/** One kind of target, laid into a folder that holds files which are not named. */
export interface TargetKind {
  readonly name: string;
  readonly needs?: "mounts";
  /** The writer waits for something that doesn't come. */
  readonly waits?: true;
  lay(folder: string, chance: Chance, mounts: OwnMounts | undefined): Laid;
}

interface Laid extends Target {
  end?(): void;
}

const isRoot = process.getuid?.() === 0;

const ODD_NAMES = [
  "-",
  "--",
  "-rf",
  " ",
  "a b",
  "new\nline",
  "tab\t",
  "ä€𝄞",
  "\u001b[31mred",
  "*",
  "$(x)",
  "'\"",
  "%s",
  "...",
  ".hidden",
  "x@0x100",
  "a,b",
  "x".repeat(255),
  "\u202egnp.exe",
] as const;

const file = (path: string, mode?: number): string => {
  writeFileSync(path, "old content\n");
  if (mode !== undefined) chmodSync(path, mode);
  return path;
};

const replaced = (path: string): Laid => ({ path, outcome: "written", isReplaced: true });
const refused = (path: string): Laid => ({ path, outcome: "refused", isReplaced: false });
const stream = (path: string): Laid => ({ path, outcome: "written", isReplaced: false });

function node(path: string, ...kind: readonly string[]): string {
  spawnSync("mknod", [path, ...kind]);
  return path;
}

function link(to: string, path: string): string {
  symlinkSync(to, path);
  return path;
}

function pipe(folder: string): string {
  const path = join(folder, "pipe");
  spawnSync("mkfifo", [path]);
  return path;
}

/** Every kind of thing that a path may stand for. */
export const TARGETS: readonly TargetKind[] = [
  { name: "nothing", lay: (folder) => replaced(join(folder, "new")) },
  // Never alone: a name that is `-` in a folder is no stdout.
  { name: "odd name", lay: (folder, chance) => replaced(join(folder, chance.pick(ODD_NAMES))) },
  {
    name: "file",
    lay: (folder, chance) => {
      const mode = chance.pick([0o600, 0o640, 0o644, 0o664, 0o755, 0o666]);
      return { ...replaced(file(join(folder, "old"), mode)), mode: `mode=${mode.toString(8)} ` };
    },
  },
  {
    name: "hard-linked file",
    lay: (folder) => {
      const path = file(join(folder, "one"));
      linkSync(path, join(folder, "other"));
      return replaced(path);
    },
  },
  {
    name: "file of another owner",
    lay: (folder) => {
      const path = file(join(folder, "theirs"), 0o640);
      if (!isRoot) return replaced(path);
      chownSync(path, 12345, 23456);
      return { ...replaced(path), mode: "mode=640 owner=12345:23456" };
    },
  },
  {
    name: "read-only file",
    lay: (folder) => ({ ...replaced(file(join(folder, "fixed"), 0o444)), outcome: isRoot ? "written" : "refused" }),
  },
  { name: "link to a file", lay: (folder) => refused(link(file(join(folder, "real")), join(folder, "link"))) },
  { name: "link to a folder", lay: (folder) => refused(link(".", join(folder, "link"))) },
  { name: "dangling link", lay: (folder) => refused(link(join(folder, "nowhere"), join(folder, "link"))) },
  { name: "link to itself", lay: (folder) => refused(link("link", join(folder, "link"))) },
  { name: "link to /dev/null", lay: (folder) => refused(link("/dev/null", join(folder, "link"))) },
  { name: "folder", lay: (folder) => refused(join(folder, "bystanders")) },
  { name: "folder with a slash", lay: (folder) => refused(`${join(folder, "bystanders")}/`) },
  { name: "in no folder", lay: (folder) => refused(join(folder, "no", "such", "folder")) },
  { name: "in a file", lay: (folder) => refused(join(folder, "bystander", "x")) },
  { name: "name that is too long", lay: (folder) => refused(join(folder, "x".repeat(256))) },
  { name: "name with a zero", lay: (folder) => refused(`${join(folder, "x")}\0y`) },
  {
    name: "pipe with a reader",
    lay: (folder) => {
      const path = pipe(folder);
      const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      return { ...stream(path), end: () => closeSync(reader) };
    },
  },
  { name: "pipe without a reader", waits: true, lay: (folder) => refused(pipe(folder)) },
  {
    name: "socket",
    lay: (folder) => {
      const path = join(folder, "s");
      const server = createServer().listen(path);
      return { ...refused(path), outcome: "either", end: () => void server.close() };
    },
  },
  ...(isRoot
    ? ([
        { name: "device without end", lay: (folder) => stream(node(join(folder, "null"), "c", "1", "3")) },
        { name: "device that is full", lay: (folder) => refused(node(join(folder, "full"), "c", "1", "7")) },
        { name: "device that is not there", lay: (folder) => refused(node(join(folder, "none"), "b", "7", "250")) },
      ] satisfies readonly TargetKind[])
    : []),
  { name: "/dev/full", lay: () => refused("/dev/full") },
  { name: "/dev/null", lay: () => stream("/dev/null") },
  { name: "descriptor that was not given", lay: () => refused("/dev/fd/999") },
  {
    name: "on a full file system",
    needs: "mounts",
    lay: (_, chance, mounts) => ({
      path: join(mounts?.full ?? "", `x${chance.below(1000)}`),
      outcome: "either",
      isReplaced: true,
    }),
  },
  {
    name: "on a read-only file system",
    needs: "mounts",
    lay: (_, __, mounts) => refused(join(mounts?.readOnly ?? "", "x")),
  },
];

/** Lays the bystanders and a target of that kind into a new folder. */
export function layTargets(
  folder: string,
  kind: TargetKind,
  chance: Chance,
  mounts: OwnMounts | undefined,
): { readonly target: Target; end(): void } | undefined {
  mkdirSync(join(folder, "bystanders"), { recursive: true });
  file(join(folder, "bystander"), 0o640);
  file(join(folder, "bystanders", "inside"));
  // What a predictable name beside the target would lead to.
  link("bystander", join(folder, `new.${process.pid}.part`));
  const { end = () => {}, ...target } = kind.lay(folder, chance, mounts);
  return { target, end };
}
