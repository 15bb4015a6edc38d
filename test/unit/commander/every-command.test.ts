import { beforeAll, describe, expect, it } from "vitest";
import type { CommandSpec } from "../../../src/commander/language/command.ts";
import { COMMANDS } from "../../../src/commander/language/command-list.ts";
import { IMPOSSIBLE_COMMANDS } from "../../../src/commander/language/command-list/impossible.ts";
import { EXEC_STRINGS, EXEC_WITHOUT_EFFECT } from "../../../src/commander/language/exec-list.ts";
import { board } from "../../support/board.ts";
import { answerTo, type Lab, loopForEver, run, smallImage } from "./lab.ts";

const ALL: readonly CommandSpec[] = COMMANDS;
const MARKER = "w4 20000000 1";
const WRITTEN = "Writing 00000001 -> 20000000";

/** What has to go before a command's example so that it can do what it says, and after it so that the board runs on. */
const AROUND: Readonly<Record<string, { readonly before?: readonly string[]; readonly after?: readonly string[] }>> = {
  ClearBP: { before: ["SetBP 412"] },
  ClearWP: { before: ["SetWP 20000010"] },
  WaitHalt: { before: ["h"] },
  r0: { after: ["r1"] },
};

/** A call that the command has to refuse; undefined where no arguments make it fail. */
function badCall({ names, args }: CommandSpec): string | undefined {
  const [first] = args;
  if (!first || names[0] === "usb") return undefined;
  return first.optional ? `${names[0]} ???` : names[0];
}

const files = { "app.bin": loopForEver(smallImage()) };
const withoutBad = (command: CommandSpec) => badCall(command) === undefined;

function goodScript(command: CommandSpec): readonly string[] {
  const { before = [], after = [] } = AROUND[command.names[0]] ?? {};
  // What the example programs or runs has to be there: firmware that does nothing.
  return ["loadbin app.bin, 0", "r", ...before, command.example, ...after];
}

describe.each(ALL.filter((command) => command.names[0] !== "q"))("$names.0", (command) => {
  it("has the effect that its example shows", async () => {
    const { exit, out } = await run([...goodScript(command), MARKER], { files, exitOnError: true });
    expect(out.slice(-8)).toContain(WRITTEN);
    expect(exit).toBe(0);
  });
});

/** The same script, with a bad call between the good one and the marker, under each rule for errors. */
const bad = (command: CommandSpec, lab: Lab) => run([badCall(command) ?? "", MARKER], { files, ...lab });

describe.each(ALL.filter((command) => !withoutBad(command)))("$names.0, called badly", (command) => {
  it("ends a script under ExitOnError, with 1, before the next line", async () => {
    const { exit, out } = await bad(command, { exitOnError: true });
    expect(exit).toBe(1);
    expect(out).not.toContain(WRITTEN);
  });
  it("lets a script continue without --strict, and exits 0", async () => {
    const { exit, out } = await bad(command, {});
    expect(exit).toBe(0);
    expect(out).toContain(WRITTEN);
  });
  it("lets it continue under --strict, and exits 1", async () => {
    const { exit, out } = await bad(command, { strict: true });
    expect(exit).toBe(1);
    expect(out).toContain(WRITTEN);
  });
});

describe("a command without arguments", () => {
  const needy = ALL.filter(
    (command) => withoutBad(command) && (command.needs !== "none" || command.names[0] === "usb"),
  );
  it.each(needy)("$names.0 fails where there is no probe", async ({ names }) => {
    expect((await run(names[0], { noProbe: true, exitOnError: true })).exit).toBe(1);
    expect((await run(names[0], { noProbe: true })).exit).toBe(0);
    expect((await run(names[0], { noProbe: true, strict: true })).exit).toBe(1);
  });
});

describe("a command that can't work here", () => {
  it.each(IMPOSSIBLE_COMMANDS)("$names.0 prints why, and fails", async ({ names, why }) => {
    const ran = await run(names, { strict: true, noProbe: true });
    for (const name of names) expect(answerTo(name, ran)).toEqual([`Command "${names[0]}" is not supported: ${why}.`]);
    expect(ran.exit).toBe(1);
    expect((await run(names[0], { noProbe: true })).exit).toBe(0);
  });
});

describe("the names of all commands", () => {
  it("are there once", () => {
    const names = [...ALL, ...IMPOSSIBLE_COMMANDS].flatMap((command) => command.names.map((n) => n.toLowerCase()));
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("the strings of exec", () => {
  const VALUES: Readonly<Record<string, string>> = {
    device: "MK24FN1M0xxx12",
    SetRTTAddr: "0x20000000",
    SetRTTSearchRanges: "0x20000000 0x1000",
  };
  const every = [...EXEC_STRINGS.map(({ name }) => name), ...EXEC_WITHOUT_EFFECT];
  let out: readonly string[];
  let exit: number;
  beforeAll(async () => {
    const script = every.map((name) => `exec ${name} = ${VALUES[name] ?? "1"}`);
    ({ out, exit } = await run(script, { strict: true, noProbe: true, ignoreScriptFile: true }));
  });
  it("are all taken", () => expect(exit).toBe(0));
  it("are no errors", () => expect(out.join("\n")).not.toContain("******"));
  it("fail where they are unknown", async () => {
    const ran = await run("exec Frobnicate = 1", { strict: true });
    expect(ran.out).toContain("****** Error: Unknown / illegal command");
    expect(ran.exit).toBe(1);
  });
  it("DisableFlashDL keeps downloads out of flash, and EnableFlashDL lets them in again", async () => {
    const twin = board();
    const off = await run(["exec DisableFlashDL", "loadbin app.bin 0"], { files, twin, strict: true });
    expect(off.exit).toBe(1);
    expect(twin.flashCommands).toBe(0);
    expect(
      (await run(["exec DisableFlashDL", "exec EnableFlashDL", "loadbin app.bin 0"], { files, strict: true })).exit,
    ).toBe(0);
  });
});

describe("erase with noreset", () => {
  it("leaves the core's registers as they are", async () => {
    const ran = await run(["loadbin app.bin 0", "wreg R5, 12345678", "erase 5000 6000 noreset", "rreg R5"], { files });
    expect(answerTo("rreg R5", ran)).toEqual(["R5 = 0x12345678"]);
    expect(answerTo("erase 5000 6000 noreset", ran).join("\n")).not.toContain("Reset:");
  });
});

describe("a watchpoint", () => {
  it("is one of four, and its handle is free again when it is cleared", async () => {
    const five = Array.from({ length: 5 }, (_, i) => `SetWP 2000000${i * 2} W S16`);
    const ran = await run([...five, "ClearWP 2", "SetWP 20000020"], {});
    expect(answerTo(five[3], ran)).toEqual(["Watchpoint set @ addr 0x20000006 (Handle = 0x00000004)"]);
    expect(answerTo(five[4], ran)).toEqual(["Could not set watchpoint"]);
    expect(answerTo("SetWP 20000020", ran)).toEqual(["Watchpoint set @ addr 0x20000020 (Handle = 0x00000002)"]);
  });
  it("stops the core behind the access that it watches, and moe prints the watchpoint", async () => {
    // 0x410: movs r0, #1; lsls r0, r0, #29; str r0, [r0]; b .
    const image = loopForEver(smallImage());
    image.set([0x01, 0x20, 0x40, 0x07, 0x00, 0x60, 0xfe, 0xe7], 0x410);
    const ran = await run(["loadbin app.bin 0", "r", "SetWP 20000000 W S32", "g", "WaitHalt 100", "moe"], {
      files: { "app.bin": image },
    });
    expect(answerTo("WaitHalt 100", ran)).toEqual(["CPU halted."]);
    expect(answerTo("moe", ran)).toEqual(["MOE: data breakpoint"]);
  });
});

describe("a log", () => {
  it("holds what the console showed from there on", async () => {
    const { files: written, out } = await run(["sleep 1", "log run.log", "sleep 2"], {});
    const text = new TextDecoder().decode(written.get("run.log"));
    expect(text).toContain("J-Link>sleep 2\nSleep(2)\n");
    expect(text).not.toContain("Sleep(1)");
    expect(out.join("\n")).toContain(text.split("\n")[0]);
  });
  it("is kept from the start with -Log", async () => {
    const { files: written } = await run(["sleep 1"], { log: "all.log" });
    expect(new TextDecoder().decode(written.get("all.log"))).toMatch(/^flashproof: this is Flashproof/);
  });
});
