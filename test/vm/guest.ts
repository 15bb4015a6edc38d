import { run } from "./bus.ts";
import { tryAll } from "./check.ts";
import { checks } from "./checks.ts";

/** The first check plugs the boards in; of the others those that are asked for, by words of theirs. */
const words = process.env["ONLY"] ?? "";
const chosen = checks.filter(({ title }, i) => i === 0 || title.includes(words));

process.exitCode = (await tryAll(chosen, () => run("lsusb"))) === 0 ? 0 : 1;
