// @ts-check
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * A program from outside that tests ask for a second opinion.
 *
 * @typedef {object} Judge
 * @property {string} name as in FLASHPROOF_REQUIRE and in the `skipped:` line
 * @property {readonly string[]} commands all of them have to be on the PATH
 * @property {string} install how to get it on Debian
 */

/** @type {readonly Judge[]} */
export const judges = [
  {
    name: "arm-none-eabi-gcc",
    commands: ["arm-none-eabi-gcc", "arm-none-eabi-objdump"],
    install: "apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi",
  },
  { name: "openocd", commands: ["openocd"], install: "apt-get install openocd" },
  { name: "cc", commands: ["cc"], install: "apt-get install gcc libc6-dev" },
  {
    name: "dejagnu",
    commands: ["runtest", "tar", "xz"],
    install: "apt-get install dejagnu gdb-source xz-utils",
  },
  { name: "chromium", commands: ["chromium"], install: "apt-get install chromium" },
  { name: "gdb-multiarch", commands: ["gdb-multiarch"], install: "apt-get install gdb-multiarch" },
  {
    name: "cdt-gdb-adapter",
    commands: ["cdtDebugTargetAdapter"],
    install: "npm install --global --ignore-scripts cdt-gdb-adapter@1.7.0",
  },
  { name: "lldb-14", commands: ["lldb-14"], install: "apt-get install lldb-14" },
  { name: "qemu-system-arm", commands: ["qemu-system-arm"], install: "apt-get install qemu-system-arm" },
  { name: "pyocd", commands: ["pyocd"], install: "pip install pyocd" },
  { name: "srec_cat", commands: ["srec_cat"], install: "apt-get install srecord" },
  {
    name: "vm",
    commands: [
      "qemu-system-x86_64",
      "busybox",
      "usbip",
      "lsusb",
      "cpio",
      "depmod",
      "udevadm",
      "xz",
      "openocd",
      "apt-get",
    ],
    install: "apt-get install qemu-system-x86 ipxe-qemu busybox-static usbip usbutils cpio kmod udev xz-utils openocd",
  },
];

/** Whether a judge is on this machine; throws on a name that `judges` doesn't list. @param {string} name */
export function hasJudge(name) {
  const judge = judges.find((j) => j.name === name);
  if (!judge) throw new Error(`no judge is called ${name}; there are ${judges.map((j) => j.name).join(", ")}`);
  return judge.commands.every(isOnPath);
}

/** The judges that FLASHPROOF_REQUIRE names: a missing one is a failure, not a skip. */
export const requiredJudges = () => (process.env["FLASHPROOF_REQUIRE"] ?? "").split(",").filter((name) => name !== "");

/** @param {string} command */
function isOnPath(command) {
  // Debian keeps usbip and depmod in sbin, which an ordinary user's PATH leaves out.
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  return folders.some((folder) => isExecutable(join(folder, command)));
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
