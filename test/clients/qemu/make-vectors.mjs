// @ts-check
// `node test/clients/qemu/make-vectors.mjs`: draws the stored vectors anew and has qemu-system-arm answer them.
import "../../../tools/lib/ts-loader.mjs";
import { execFileSync } from "node:child_process";

const { makeStored } = await import("./stored.ts");
const { runInQemu } = await import("./run-qemu.ts");
const version = execFileSync("qemu-system-arm", ["--version"], { encoding: "utf8" }).split("\n")[0] ?? "";
makeStored(runInQemu, version);
