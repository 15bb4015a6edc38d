import { spawn, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { Prompt } from "../../src/cli/commander/commander-prompt.ts";
import { printing } from "../../src/cli/printing.ts";
import { CHIP } from "./workspace.ts";

const hasScript = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;

/** Keys, each typed as soon as what is new on the screen matches. */
type Typing = readonly (readonly [seen: RegExp, keys: string])[];

/** Types into a prompt on a pseudo terminal of util-linux's script(1); answers what the screen got, and the exit code. */
function typed(typing: Typing): Promise<{ readonly screen: string; readonly exit: string }> {
  const main = "test/golden/callers/process.ts";
  const node = `${process.execPath} --import ./tools/lib/ts-loader.mjs ${main} -If SWD -Speed 4000`;
  const command = `FLASHPROOF_PROBE=twin:${CHIP} ${node}; echo LEFT $?`;
  const child = spawn("script", ["-qec", command, "/dev/null"], { stdio: ["pipe", "pipe", "ignore"] });
  const left = [...typing];
  let [screen, from] = ["", 0];
  child.stdout.on("data", (bytes: Buffer) => {
    screen += bytes.toString();
    const [next] = left;
    if (!next?.[0].test(screen.slice(from))) return;
    left.shift();
    from = screen.length;
    child.stdin.write(next[1]);
  });
  return new Promise((done) => {
    child.once("close", () => done({ screen, exit: /LEFT (\d+)/.exec(screen)?.[1] ?? "" }));
  });
}

describe.skipIf(!hasScript)("the prompt on a terminal", () => {
  it("is left by two Ctrl-C at an empty line, with exit code 0", async () => {
    const { screen, exit } = await typed([
      [/J-Link>/, "\u0003"],
      [/leaves\s+.*J-Link>/s, "\u0003"],
    ]);
    expect(screen).toContain("Ctrl-C again, Ctrl-D or q leaves");
    expect(exit).toBe("0");
  });
  it("is left by Ctrl-D also where connect asks, and nothing is connected", async () => {
    const { screen, exit } = await typed([
      [/J-Link>/, "connect\r"],
      [/Device>/, "\u0004"],
    ]);
    expect(screen).toContain("no device was named, and connect takes none by itself");
    expect(exit).toBe("0");
  });
  it("completes a command with Tab, and explains it", async () => {
    const { screen, exit } = await typed([
      [/J-Link>/, "? loadf\t"],
      [/LoadFile /, "\r"],
      [/example: .*J-Link>/s, "quit\r"],
    ]);
    expect(screen).toContain("LoadFile <filename> [<addr>] [, <noreset | reset>]");
    expect(exit).toBe("0");
  });
});

describe("words printed while a line is typed", () => {
  it("are printed as they are where nothing is typed", () => {
    const out: string[] = [];
    const terminal = printing({
      out: (text) => void out.push(text),
      err: () => {},
      errIsTerminal: false,
      inIsTerminal: false,
      env: {},
      folder: ".",
    });
    new Prompt(terminal).beside(() => terminal.out("RTT is served\n"));
    expect(out).toEqual(["RTT is served\n"]);
  });
});
