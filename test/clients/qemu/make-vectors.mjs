// @ts-check
// `node test/clients/qemu/make-vectors.mjs [CORE...]`: draws the stored vectors anew and has qemu-system-arm answer them.
import "../../../tools/lib/ts-loader.mjs";
import { execFileSync } from "node:child_process";

const { BOARDS } = await import("./boards.ts");
const { makeStored } = await import("./stored.ts");
const { runInQemu } = await import("./run-qemu.ts");
const version = execFileSync("qemu-system-arm", ["--version"], { encoding: "utf8" }).split("\n")[0] ?? "";
const names = /** @type {(keyof typeof BOARDS)[]} */ (Object.keys(BOARDS));
for (const name of names.filter((each) => process.argv.length < 3 || process.argv.includes(each))) {
  makeStored(name, runInQemu, version);
}
