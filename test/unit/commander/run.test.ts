import { describe, expect, it } from "vitest";
import { board } from "../../support/board.ts";
import { answerTo, run } from "./lab.ts";

describe("the exit code", () => {
  it("is 0 where every command succeeds", async () => expect((await run("r")).exit).toBe(0));
  it("is 0 where a command failed without ExitOnError and --strict", async () => {
    const ran = await run(["setpc", "mem8 20000000 1"]);
    expect(ran.exit).toBe(0);
    expect(answerTo("mem8 20000000 1", ran).at(-1)).toMatch(/^20000000 = /);
  });
  it("is 1 with -ExitOnError at the first failed command, and the rest isn't run", async () => {
    const { exit, out } = await run(["setpc", "mem8 20000000 1"], { exitOnError: true });
    expect(exit).toBe(1);
    expect(out).not.toContain("J-Link>mem8 20000000 1");
    expect(out.slice(-3)).toEqual(["", "Script processing completed.", ""]);
  });
  it("counts ExitOnError in a script from there on", async () => {
    const { exit, out } = await run(["setpc", "ExitOnError 1", "setpc", "r"]);
    expect(exit).toBe(1);
    expect(out).toContain("J-Link Commander will now exit on Error");
    expect(out).not.toContain("J-Link>r");
  });
  it("is 0 again behind ExitOnError 0", async () => expect((await run(["eoe 1", "eoe 0", "setpc"])).exit).toBe(0));
  it("is 1 with --strict for any failed command, after all of them were run", async () => {
    const { exit, out } = await run(["setpc", "q"], { strict: true });
    expect(exit).toBe(1);
    expect(out).toContain("J-Link>q");
  });
  it("counts an unknown command as failed", async () => {
    const { exit, answers } = await run(["frobnicate"], { exitOnError: true });
    expect(answers).toContain("Unknown command. '?' for help.");
    expect(exit).toBe(1);
  });
  it("is 0 without a probe, as with J-Link, and 1 under ExitOnError", async () => {
    const failed = "Connecting to J-Link via USB...FAILED: Cannot connect to J-Link.";
    const ran = await run(["r", "h"], { noProbe: true });
    expect(ran.answers.filter((line) => line === failed)).toHaveLength(2);
    expect(ran.exit).toBe(0);
    expect((await run(["r"], { noProbe: true, exitOnError: true })).exit).toBe(1);
  });
});

describe("a script", () => {
  it("needs no q at its end", async () =>
    expect((await run("r")).out.slice(-3)).toEqual(["", "Script processing completed.", ""]));
  it("ends at exit; what stands behind it isn't run", async () => {
    const { out } = await run(["exit", "r"]);
    expect(out).toContain("J-Link>exit");
    expect(out).not.toContain("J-Link>r");
  });
  it("echoes comments and runs none of them", async () => {
    const { out, answers } = await run(["// r", "/* h", "r */", "", "sleep 1"]);
    expect(out.filter((line) => line.startsWith("J-Link>"))).toEqual([
      "J-Link>// r",
      "J-Link>/* h",
      "J-Link>r */",
      "J-Link>sleep 1",
    ]);
    expect(answers).toEqual(["Sleep(1)"]);
  });
  it("answers the prompts of connect with its next lines", async () => {
    const ran = await run(["connect", "MK24FN1M0xxx12", "S", "1000", "mem8 20000000 1"], {
      device: undefined as unknown as string,
      wire: undefined as unknown as string,
      speed: undefined as unknown as string,
    });
    expect(ran.out).toEqual(
      expect.arrayContaining(["Device>MK24FN1M0xxx12", "TIF>S", "Speed>1000", 'Device "MK24FN1M0XXX12" selected.']),
    );
    expect(answerTo("mem8 20000000 1", ran)[0]).toMatch(/^20000000/);
  });
  it("stops where it is called off", async () => {
    const stop = new AbortController();
    stop.abort("interrupted");
    await expect(run(["r", "h"], { signal: stop.signal })).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("the prompt", () => {
  it("has its probe before the first command", async () => {
    const { out } = await run("", { typed: ["q"] });
    expect(out).toEqual(
      expect.arrayContaining([
        "Connecting to J-Link via USB...O.K.",
        `Type "connect" to establish a target connection, '?' for help`,
      ]),
    );
  });
  it("ends with the input", async () => expect((await run("", { typed: ["sleep 1"] })).exit).toBe(0));
});

describe("a connection", () => {
  const NOT_YET = "Target connection not established yet but required for command.";

  it("is made by the first command that needs it, and only once", async () => {
    const { answers } = await run(["sleep 1", "mem8 20000000 1", "mem8 20000000 1"]);
    expect(answers.filter((line) => line === NOT_YET)).toHaveLength(1);
    expect(answers.indexOf("Sleep(1)")).toBeLessThan(answers.indexOf(NOT_YET));
  });
  it("by the connect command isn't announced as made on demand", async () =>
    expect((await run("connect")).answers).not.toContain(NOT_YET));
  it("comes first with -AutoConnect 1", async () => {
    const { out } = await run("sleep 1", { autoConnect: true });
    expect(out.indexOf("Cortex-M4 identified.")).toBeGreaterThan(0);
    expect(out.indexOf("Cortex-M4 identified.")).toBeLessThan(out.indexOf("J-Link>sleep 1"));
  });
  it("fails again for every later command that needs it", async () => {
    const { answers } = await run(["r", "h"], { twin: board({ vtrefMv: 200 }) });
    const failure = "Error occurred: Could not connect to the target device.";
    expect(answers.filter((line) => line === failure)).toHaveLength(2);
    expect(answers.some((line) => line.startsWith("Target voltage too low."))).toBe(true);
  });
  it("isn't made to an unknown device, and the note names similar ones", async () => {
    const { answers, notes } = await run("r", { device: "MK24FN1M0" });
    expect(answers).toContain('The selected device "MK24FN1M0" is unknown to this version of the J-Link software.');
    expect(notes.join("\n")).toMatch(/near it: MK24FN1M0xxx12/);
  });
  it.each([
    ["on the command line", "r", { device: "XC800" }],
    ["by device in the script", ["device XC800", "r"], {}],
    ["by exec in the script", ["exec device = XC800", "r"], {}],
    ["in both", ["device XC800", "r"], { device: "XC800" }],
  ])("names an unknown device in one note before the first line: %s", async (_, lines, options) => {
    const { notes } = await run(lines, options);
    const named = notes.filter((line) => line.startsWith("the run names XC800, a device that Flashproof doesn't know"));
    expect(named).toEqual([notes[1]]);
  });
  it("names the pack that describes an unknown device of a known series", async () => {
    const { notes } = await run("r", { device: "STM32L476RG" });
    expect(notes[1]).toMatch(
      /the run names STM32L476RG.*the CMSIS-Pack Keil.STM32L4xx_DFP describes it.*flashproof pack install Keil.STM32L4xx_DFP/,
    );
  });
  it("has no note about a device that is known, nor with -q", async () => {
    const known = await run("sleep 1", { device: "MK24FN1M0xxx12" });
    const quiet = await run("sleep 1", { device: "XC800", quiet: true });
    expect([...known.notes, ...quiet.notes].join("\n")).not.toContain("the run names");
  });
  it("is made to a bare core as well", async () =>
    expect((await run("mem8 20000000 1", { device: "Cortex-M4" })).answers).toContain('Device "CORTEX-M4" selected.'));
});

describe("a secured device", () => {
  const locked = () => board({ locked: true });
  const opens = "Device will be unsecured now.";

  it("is left alone in a script that has no stored answer", async () => {
    const twin = locked();
    const { answers, notes } = await run(["r"], { twin });
    expect(answers).toContain("Skipping unsecure");
    expect(notes.join("\n")).toMatch(/hint: to allow it/);
    expect(twin.flashCommands).toBe(0);
  });
  it("is opened by the stored answer, and the note names it", async () => {
    const { answers, notes } = await run(["r"], { twin: locked(), stored: "unsecure" });
    expect(answers).toEqual(
      expect.arrayContaining(["Executing default behavior previously saved in the registry.", opens]),
    );
    expect(notes.join("\n")).toMatch(/secured-device = "unsecure" in the test/);
  });
  it("is left alone by the other stored answer", async () =>
    expect((await run(["r"], { twin: locked(), stored: "leave" })).answers).toContain("Skipping unsecure"));
  it.each([
    ["y", opens],
    ["", "Skipping unsecure"],
    ["no", "Skipping unsecure"],
  ])("is asked about at the prompt: %j", async (answer, line) =>
    expect((await run("", { twin: locked(), typed: ["r", answer, "q"] })).out).toContain(line),
  );
  it("is opened by unlock Kinetis, which names the act itself", async () => {
    const { answers } = await run(["unlock Kinetis", "mem8 0 1"], { twin: locked() });
    expect(answers).toContain("Unlocking device...O.K.");
    expect(answers.at(-1)).toMatch(/^00000000 = FF/);
  });
});
