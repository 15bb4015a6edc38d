import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";

/** What QEMU boots: a kernel, and the memory disk that it starts from. */
export interface GuestKernel {
  readonly kernel: string;
  readonly disk: string;
}

/** The package whose newest version is taken; the cloud kernel has no USB. */
const PACKAGE = "linux-image-amd64";

/** Modules that the guest needs; those that these need come along. */
const MODULES = ["virtio_pci", "9p", "9pnet_virtio", "overlay", "virtio_net", "vhci-hcd", "usbhid", "hid-generic"];

/** Folders of the package that these lie in. */
const FOLDERS = [
  "drivers/virtio",
  "drivers/net",
  "drivers/usb/core",
  "drivers/usb/common",
  "drivers/usb/usbip",
  "drivers/hid",
  "fs/9p",
  "fs/netfs",
  "fs/fscache",
  "fs/overlayfs",
  "net/9p",
  "net/core",
];

/** Commands of the memory disk, all of them busybox. */
const COMMANDS = ["sh", "mount", "mkdir", "insmod", "ip", "cat", "switch_root"];

/** An XZ stream's first bytes (tukaani.org, "The .xz File Format", 2.1.1.1). */
const XZ_MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);

/** The guest's kernel and memory disk from the cache, or made: downloaded, unpacked, never installed. */
export function guestKernel(cache: string, init: string): GuestKernel {
  mkdirSync(cache, { recursive: true });
  const name = newestPackage();
  const kernel = join(cache, `${name}.elf`);
  const modules = join(cache, `${name}.modules`);
  if (!existsSync(kernel) || !existsSync(modules)) unpack(name, cache, { kernel, modules });
  const disk = join(cache, `${name}.cpio`);
  makeDisk(modules, init, disk);
  return { kernel, disk };
}

/** `linux-image-VERSION-amd64`, as the distribution has it today: old versions disappear. */
function newestPackage(): string {
  const name = dependency() ?? dependencyAfterUpdate();
  if (name === undefined) throw new Error(`apt-cache knows no ${PACKAGE}`);
  return name;
}

const dependency = () => /Depends: (linux-image-\S+)/.exec(run("apt-cache", ["depends", PACKAGE]))?.[1];

function dependencyAfterUpdate(): string | undefined {
  run("apt-get", ["update", "-qq"]);
  return dependency();
}

function unpack(name: string, cache: string, to: { readonly kernel: string; readonly modules: string }): void {
  const version = name.slice("linux-image-".length);
  const root = join(cache, "unpacked");
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root);
  shell(`apt-get download -qq ${name} 2>&1 || { apt-get update -qq && apt-get download -qq ${name}; }`, root);
  const modules = `./lib/modules/${version}`;
  const wanted = [
    `./boot/vmlinuz-${version}`,
    ...["order", "builtin", "builtin.modinfo"].map((one) => `${modules}/modules.${one}`),
    ...FOLDERS.map((one) => `${modules}/kernel/${one}`),
  ];
  shell(`dpkg --fsys-tarfile ${name}_*.deb | tar x ${wanted.join(" ")}`, root);
  run("depmod", ["-b", root, version]);
  keepModules(root, version, to.modules);
  decompress(join(root, "boot", `vmlinuz-${version}`), to.kernel);
  rmSync(root, { recursive: true });
}

/** Copies the modules into one folder, with their order in `order`. */
function keepModules(root: string, version: string, to: string): void {
  const needed = MODULES.flatMap((one) =>
    run("modprobe", ["-d", root, "-S", version, "--show-depends", one])
      .split("\n")
      .flatMap((line) => /^insmod (\S+)/.exec(line)?.[1] ?? []),
  );
  const files = [...new Set(needed)];
  rmSync(to, { recursive: true, force: true });
  mkdirSync(`${to}.new`, { recursive: true });
  for (const file of files) copyFileSync(file, join(`${to}.new`, basename(file)));
  writeFileSync(join(`${to}.new`, "order"), files.map((file) => `${basename(file)}\n`).join(""));
  renameSync(`${to}.new`, to);
}

/** The ELF inside: decompressing it here takes a second, in the guest eight. */
function decompress(from: string, to: string): void {
  const packed = readFileSync(from);
  const elf = execFileSync("xz", ["-dc", "--single-stream"], {
    input: packed.subarray(packed.indexOf(XZ_MAGIC)),
    maxBuffer: 1 << 28,
  });
  writeFileSync(`${to}.new`, elf);
  renameSync(`${to}.new`, to);
}

/** The memory disk: busybox, the modules, and the program that mounts the real root. */
function makeDisk(modules: string, init: string, disk: string): void {
  const tree = `${disk}.tree`;
  rmSync(tree, { recursive: true, force: true });
  for (const folder of ["bin", "proc", "sys", "dev", "low", "up", "new"])
    mkdirSync(join(tree, folder), { recursive: true });
  copyFileSync(run("sh", ["-c", "command -v busybox"]).trim(), join(tree, "bin", "busybox"));
  for (const command of COMMANDS) symlinkSync("busybox", join(tree, "bin", command));
  run("cp", ["-r", modules, join(tree, "modules")]);
  copyFileSync(init, join(tree, "init"));
  run("chmod", ["755", join(tree, "init")]);
  shell(`find . | cpio -o -H newc --quiet > ${JSON.stringify(disk)}`, tree);
  rmSync(tree, { recursive: true });
}

/** Debian keeps depmod and modprobe in sbin. */
const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };

const run = (command: string, args: readonly string[]): string =>
  execFileSync(command, args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "inherit"] });

const shell = (script: string, cwd: string) =>
  execFileSync("sh", ["-ec", script], { cwd, env, stdio: ["ignore", "inherit", "inherit"] });
