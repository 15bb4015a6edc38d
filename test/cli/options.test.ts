import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { flagsOf, isSetting, keyOf, variableOf } from "../../src/cli/options/declaration.ts";
import { everyOption, VERBS } from "../../src/cli/verbs.ts";
import { CHIP, Workspace, example } from "./workspace.ts";

const workspace = new Workspace();
afterAll(() => workspace.clear());
afterEach(() => {
  workspace.terminal = {};
  workspace.write("flashproof.toml", "");
  usersFile("");
});

mkdirSync(workspace.path("flashproof"), { recursive: true });
/** Writes the user's own settings file. */
const usersFile = (text: string) => writeFileSync(workspace.path("flashproof/flashproof.toml"), text);

/** Every option of every verb, once for each verb that has it. */
const ALL = VERBS.flatMap((verb) =>
  Object.entries(everyOption(verb)).map(([name, declaration]) => ({ verb, name, declaration })),
);
const FLAG_ONLY = ALL.filter(({ declaration }) => !isSetting(declaration));
const KEYS = [...new Set(FLAG_ONLY.map(({ name }) => name))];
const roleOf = (name: string) => ALL.find((one) => one.name === name)?.declaration.role;

/** Arguments that a verb's usage line asks for; options are judged before arguments are. */
const argumentsOf = (args: string | undefined): readonly string[] =>
  (args ?? "").split(" ").filter((word) => word.startsWith("<"));

describe("what only a flag may set", () => {
  it("is every consent, every selection and what is asked for on one call: these and no others", () => {
    const byRole = (role: string) => KEYS.filter((name) => roleOf(name) === role).sort();
    expect(byRole("consent")).toEqual([
      ...["acceptLicense", "allowIncomplete", "allowIrreversible", "allowMassErase", "flashBreakpoints", "raw"],
      ...["restoreBreakpoints", "security"],
    ]);
    expect(byRole("selection")).toEqual([
      ...[
        "bank",
        "base",
        "chipAll",
        "dryRun",
        "erase",
        "fault",
        "html",
        "keep",
        "logFile",
        "out",
        "output",
        "pack",
        "plan",
        "range",
        "save",
        "sectors",
      ],
      ...["state", "width"],
    ]);
    expect(byRole("request")).toEqual([
      "exitOnSemihosting",
      "flash",
      "full",
      "index",
      "input",
      "job",
      "keepPrivate",
      "model",
      "once",
      "openocd",
      "semihosting",
      "semihostingArgs",
      "semihostingDir",
      "semihostingFileio",
      "sequence",
      "singleRun",
      "top",
      "udev",
      "untilEof",
      "windows",
    ]);
  });

  it("has no name that is a setting of another verb", () => {
    const settings = ALL.filter(({ declaration }) => isSetting(declaration)).map(({ name }) => name);
    expect(KEYS.filter((name) => settings.includes(name))).toEqual([]);
  });

  it.each(FLAG_ONLY.map(({ verb, name }) => [verb.name, variableOf(name), name] as const))(
    "%s refuses %s with exit 2, whatever its value",
    async (verbName, variable, name) => {
      const verb = VERBS.find((one) => one.name === verbName);
      for (const value of ["1", "no", "0:0x1000"]) {
        workspace.terminal = { env: { [variable]: value, XDG_CONFIG_HOME: workspace.folder } };
        const run = await workspace.fp(verbName, ...argumentsOf(verb?.args));
        expect(run).toMatchObject({ exit: 2, out: "" });
        expect(run.err).toContain(`error: ${variable} can't be set there: --${keyOf(name)} `);
      }
    },
  );

  it("an empty variable is one that is not set", async () => {
    workspace.terminal = { env: { FLASHPROOF_CHIP_ALL: "", FLASHPROOF_CHIP: "", FLASHPROOF_JSON: "" } };
    expect((await workspace.fp("erase")).err).toContain("No chip is named");
  });

  it.each(KEYS)("%s is refused in the project's file and in the user's, by key and file", async (name) => {
    for (const value of ["true", '"0:0x1000"', '"x"', "1"]) {
      workspace.write("flashproof.toml", `${keyOf(name)} = ${value}\n`);
      const project = await workspace.json("chips");
      expect(project).toMatchObject({ exit: 2, error: { code: "config-invalid" } });
      expect(project.error?.message).toContain(
        `${keyOf(name)} in ${workspace.path("flashproof.toml")} can't be set there`,
      );
      workspace.write("flashproof.toml", "");
      usersFile(`${keyOf(name)} = ${value}\n`);
      const user = await workspace.json("chips");
      expect(user).toMatchObject({ exit: 2, error: { code: "config-invalid" } });
      expect(user.error?.message).toContain(
        `${keyOf(name)} in ${workspace.path("flashproof/flashproof.toml")} can't be set`,
      );
      usersFile("");
    }
  });

  it("a bare erase erases nothing, whatever the environment and the settings files contain", async () => {
    const board = workspace.board("kept.k24");
    expect((await workspace.fp("flash", example("small.hex"), ...board)).exit).toBe(0);
    const before = await workspace.memory("0:0x2000", ...board);
    workspace.terminal = { env: { FLASHPROOF_CHIP_ALL: "no" } };
    expect((await workspace.fp("erase", ...board)).exit).toBe(2);
    workspace.terminal = {};
    workspace.write("flashproof.toml", 'chip-all = "no"\n');
    expect((await workspace.fp("erase", ...board)).exit).toBe(2);
    workspace.write("flashproof.toml", "");
    expect(await workspace.memory("0:0x2000", ...board)).toEqual(before);
  });
});

describe("a switch outside the command line", () => {
  const isJson = (out: string) => out.startsWith("{");
  const inEnvironment = async (value: string) => {
    workspace.terminal = { env: { FLASHPROOF_JSON: value, XDG_CONFIG_HOME: workspace.folder } };
    return workspace.fp("chips");
  };
  const inFile = async (value: string) => {
    workspace.write("flashproof.toml", `json = ${value}\n`);
    return workspace.fp("chips");
  };

  it.each(["true", "1", "yes", "on", "TRUE", "Yes", "oN"])("%s is on", async (word) => {
    expect(isJson((await inEnvironment(word)).out)).toBe(true);
    workspace.terminal = {};
    expect(isJson((await inFile(`"${word}"`)).out)).toBe(true);
  });

  it.each(["false", "0", "no", "off", "False", "NO", "Off"])("%s is off", async (word) => {
    expect(await inEnvironment(word)).toMatchObject({ exit: 0, out: expect.stringMatching(/^CHIP /) });
    workspace.terminal = {};
    expect(await inFile(`"${word}"`)).toMatchObject({ exit: 0, out: expect.stringMatching(/^CHIP /) });
  });

  it.each([
    ["true", true],
    ["1", true],
    ["false", false],
    ["0", false],
  ])("%s without quotes in a file is %s", async (value, on) => expect(isJson((await inFile(value)).out)).toBe(on));

  it.each([" ", "nope", "2", "y", "tru e", "\u001b[31m"])(
    "%j is a usage error that names variable and value",
    async (word) => {
      const run = await inEnvironment(word);
      expect(run).toMatchObject({ exit: 2, out: "" });
      expect(run.err).toContain(
        `FLASHPROOF_JSON takes true, 1, yes, on, false, 0, no or off, not ${JSON.stringify(word)}`,
      );
    },
  );

  it.each(["2", '"maybe"', "[true]", "1979-05-27", '""'])(
    "%s in a file is a usage error that names key and file",
    async (value) => {
      const run = await inFile(value);
      expect(run).toMatchObject({ exit: 2, out: "" });
      expect(run.err).toContain(`error: json in ${workspace.path("flashproof.toml")} takes true, 1, yes`);
    },
  );

  it("FLASHPROOF_QUIET is one in the Commander, too", async () => {
    const script = workspace.write("q.jlink", "exit\n");
    const call = (value: string) => {
      workspace.terminal = {
        env: { FLASHPROOF_QUIET: value, XDG_CONFIG_HOME: workspace.folder, FLASHPROOF_PROBE: `twin:${CHIP}` },
      };
      return workspace.fp("commander", "-CommandFile", script);
    };
    expect(await call("perhaps")).toMatchObject({
      exit: 2,
      err: expect.stringContaining('FLASHPROOF_QUIET takes true, 1, yes, on, false, 0, no or off, not "perhaps"'),
    });
    for (const word of ["no", "off", "yes", ""]) expect((await call(word)).exit).toBe(0);
  });
});

describe("values that are none", () => {
  it.each([
    [["run", "--for", "zz"], '--for takes a whole number of milliseconds from 0 to 86400000, not "zz"'],
    [["run", "--for", "-5"], '--for takes a whole number of milliseconds from 0 to 86400000, not "-5"'],
    [["rtt", "--for", "86400001"], "--for takes a whole number of milliseconds from 0 to 86400000"],
    [["rtt", "--channel", "256"], "--channel takes a whole number from 0 to 255"],
    [["rtt", "--addr", "0x100000000"], "--addr takes an address from 0 to 0xFFFFFFFF"],
    [["rtt", "--range", "5:1"], "--range takes a range A:B or A:+LEN that is not empty"],
    [["rtt", "--until", ""], "--until takes a text that is not empty"],
    [["info", "--events", "xml"], '--events takes ndjson, not "xml"'],
    [["chips", "--events", "zz"], '--events takes ndjson, not "zz"'],
    [["info", "--speed", "zz"], "--speed takes a speed from 1k to 100M (Hz), or a number of kHz"],
    [["info", "--speed", "0"], "--speed takes"],
    [["info", "--speed", "99999M"], "--speed takes"],
    [["info", "--speed", "1Hz"], "--speed takes"],
    [["info", "--connect", "gently"], '--connect takes halt, under-reset or attach, not "gently"'],
    [["write", "0", "1", "--width", "64"], '--width takes 8, 16 or 32, not "64"'],
    [["flash", "x.hex", "--loader", "usb"], '--loader takes ram or direct, not "usb"'],
    [["flash", "x.hex", "--security", "yes"], '--security takes refuse, keep-open or as-image, not "yes"'],
    [["flash", "x.hex", "--keep", "5:5"], "--keep takes a range"],
    [["flash", "x.bin", "--base", "here"], "--base takes an address"],
    [["flash", "x.bin", "--uart", "tcp:1"], "--uart takes stdout or the path of a file"],
    [["explain", "x.hex", "--fail-on", "warn"], '--fail-on takes brick, lock, none, failure or unknown, not "warn"'],
    [["twin", CHIP, "--jlink=65536"], '--jlink takes a TCP port from 0 to 65535, not "65536"'],
    [["twin", CHIP, "--pyocd=-1"], "--pyocd takes a TCP port"],
    [["twin", CHIP, "--jlink", "--beacon", "0"], "--beacon takes a whole number of milliseconds from 1 to 60000"],
    [["twin", CHIP, "--jlink", "--pace", "slow"], '--pace takes wall or lockstep, not "slow"'],
    [["twin", CHIP, "--jlink", "--uart", "tcp:99999"], "--uart takes stdout, tcp:PORT or the path of a file"],
    [["read", "0:4", "-o", ""], "--output takes the path of a file"],
    [["info", "--probe", "ip:localhost:99999"], "names no host and port"],
    [["info", "--probe", `twin:${CHIP},locked=maybe`], "The twin's key locked can't be"],
  ])("%j is a usage error that names option, value and what is allowed", async (argv, message) => {
    const run = await workspace.fp(...argv);
    expect(run).toMatchObject({ exit: 2, out: "" });
    expect(run.err).toContain(message);
  });

  it.each([
    ["FLASHPROOF_FOR", "soon", "run", "FLASHPROOF_FOR takes a whole number of milliseconds"],
    ["FLASHPROOF_SPEED", "fast", "info", "FLASHPROOF_SPEED takes a speed"],
    ["FLASHPROOF_PROBE", `twin:${CHIP},sate=x`, "info", 'FLASHPROOF_PROBE: A twin has no key "sate"'],
    ["FLASHPROOF_CONNECT", "x", "info", "FLASHPROOF_CONNECT takes halt, under-reset or attach"],
  ])("%s=%s of %s is a usage error that names the variable", async (variable, value, verb, message) => {
    workspace.terminal = { env: { [variable]: value, XDG_CONFIG_HOME: workspace.folder } };
    const run = await workspace.json(verb);
    expect(run).toMatchObject({ exit: 2, error: { code: "usage" } });
    expect(run.error?.message).toContain(message);
  });

  it("a variable that a flag overrules is not looked at", async () => {
    workspace.terminal = {
      env: { FLASHPROOF_FOR: "soon", FLASHPROOF_SPEED: "fast", XDG_CONFIG_HOME: workspace.folder },
    };
    expect((await workspace.fp("info", "--speed", "1M", "--probe", `twin:${CHIP}`)).exit).toBe(0);
  });
});

describe("a settings file", () => {
  const atProject = async (text: string) => {
    workspace.write("flashproof.toml", text);
    return workspace.json("chips");
  };

  it.each([
    ["chpi = 1", "chpi in FILE is no setting; did you mean chip?"],
    ["Speed = 1", "Speed in FILE is no setting; did you mean speed?"],
    ["fail_on = 1", "fail_on in FILE is no setting; did you mean fail-on?"],
    ["[comander]", "comander in FILE is no setting; did you mean commander?"],
    ["frobnicate = 1", "frobnicate in FILE is no setting"],
    ["help = true", "help in FILE is no setting"],
    ["__proto__ = 1", "__proto__ in FILE is no setting"],
    ["[tool.x]\ny = 1", "tool in FILE is no setting"],
    ["[commander]\nquiet = true", "quiet under [commander] in FILE is no setting"],
  ])("with the unknown key %j is a usage error, with a suggestion where one is near", async (text, message) => {
    const run = await atProject(`${text}\n`);
    expect(run).toMatchObject({ exit: 2, error: { code: "config-invalid" } });
    expect(run.error?.message).toBe(message.replace("FILE", workspace.path("flashproof.toml")));
    usersFile(`${text}\n`);
    workspace.write("flashproof.toml", "");
    expect(await workspace.json("chips")).toMatchObject({ exit: 2, error: { code: "config-invalid" } });
  });

  it.each([
    ["chip = 5", "a text that is not empty, in quotes, not a number"],
    ["chip = true", "a text that is not empty, in quotes, not a boolean"],
    ['chip = ["a"]', "a text that is not empty, in quotes, not a list"],
    ["[chip]", "a text that is not empty, in quotes, not a table or a date"],
    ["for = true", "a whole number of milliseconds from 0 to 86400000, not a boolean"],
    ["for = 1.5", 'a whole number of milliseconds from 0 to 86400000, not "1.5"'],
    ["for = inf", 'a whole number of milliseconds from 0 to 86400000, not "Infinity"'],
    ["channel = 256", 'a whole number from 0 to 255, not "256"'],
    ['connect = "x"', 'halt, under-reset or attach, not "x"'],
    [
      'probe = ["1", "2"]',
      "VID:PID[:SERIAL], a serial, jlink:SN, dap:SN, ip:HOST[:PORT] or twin:CHIP[,key=value...], in quotes, not a list",
    ],
    ["speed = [1]", "a speed from 1k to 100M (Hz), or a number of kHz, not a list"],
  ])("with %s is a usage error that names the values the key takes", async (text, message) => {
    const run = await atProject(`${text}\n`);
    expect(run).toMatchObject({ exit: 2, error: { code: "config-invalid" } });
    expect(run.error?.message).toContain(` in ${workspace.path("flashproof.toml")} takes ${message}`);
  });

  it("sets chip, probe, speed, connect and the like, numbers as numbers or in quotes", async () => {
    const probe = `probe = "twin:${CHIP},state=own.k24,serial=77"\n`;
    for (const speed of ["4000", '"4M"', "400"]) {
      workspace.write("flashproof.toml", `chip = "${CHIP}"\n${probe}speed = ${speed}\nconnect = "attach"\nfor = 5\n`);
      expect((await workspace.json("info")).result).toMatchObject({ chip: CHIP, probe: { serial: "77" } });
    }
    expect(workspace.has("own.k24")).toBe(true);
  });

  it("of the project wins over the user's own, key by key", async () => {
    usersFile(`probe = "twin:${CHIP},serial=1"\nchip = "${CHIP}"\n`);
    expect((await workspace.json("info")).result).toMatchObject({ chip: CHIP, probe: { serial: "1" } });
    workspace.write("flashproof.toml", `probe = "twin:${CHIP},serial=2"\n`);
    expect((await workspace.json("info")).result).toMatchObject({ chip: CHIP, probe: { serial: "2" } });
  });

  it("is not looked for at a relative XDG_CONFIG_HOME, which would be the folder's", async () => {
    usersFile('chip = "NONE"\n');
    workspace.terminal = { env: { XDG_CONFIG_HOME: ".", HOME: workspace.path("no-such-home") } };
    expect((await workspace.json("info", "--probe", `twin:${CHIP}`)).exit).toBe(0);
  });

  it("longer than 64 KiB is a usage error and is not parsed", async () => {
    const many = Array.from({ length: 1_000_000 }, (_, i) => `k${i} = 1`).join("\n");
    const run = await atProject(many);
    expect(run).toMatchObject({ exit: 2, error: { code: "config-invalid" } });
    expect(run.error?.message).toContain("is longer than 64 KiB");
  });

  it.each([
    ["no TOML", (path: string) => writeFileSync(path, "chip = [\n"), "is not valid TOML"],
    [
      "deeper than a parser's stack",
      (path: string) => writeFileSync(path, `a = ${"[".repeat(60_000)}`),
      "is not valid TOML",
    ],
    ["no UTF-8", (path: string) => writeFileSync(path, Uint8Array.of(0x61, 0xff, 0xfe)), "is not valid TOML"],
    ["a folder", (path: string) => mkdirSync(path), "is no regular file"],
    ["a FIFO", (path: string) => expect(spawnSync("mkfifo", [path]).status).toBe(0), "is no regular file"],
    ["a link to a device", (path: string) => symlinkSync("/dev/zero", path), "is no regular file"],
  ])("that is %s is one usage error, for every verb and the Commander", async (_, make, message) => {
    const other = new Workspace();
    try {
      make(other.path("flashproof.toml"));
      const run = await other.json("chips");
      expect(run).toMatchObject({ exit: 2, error: { code: "config-invalid" } });
      expect(run.error?.message).toContain(message);
      const commander = await other.fp("commander", "-CommandFile", example("none.jlink"));
      expect(commander).toMatchObject({ exit: 2, out: "", err: expect.stringContaining(message) });
    } finally {
      other.clear();
    }
  });
});

describe("paths in a project's file", () => {
  const outside = new Workspace();
  afterAll(() => outside.clear());
  const twin = (keys: string) => `probe = "twin:${CHIP},${keys}"`;

  it.each([
    'uart = "../home/.bashrc"',
    'uart = "/etc/passwd"',
    'uart = "/dev/stdout"',
    'uart = "a/../../b"',
    'uart = "."',
    'image = "../x.hex"',
    'image = "../x.hex@0x5000"',
    twin("state=../x.k24"),
    twin("uart=/etc/cron.d/x"),
    twin("state=ok.k24,uart=../x"),
    twin("state=ok.k24,state=../x.k24"),
  ])("%s lead nowhere outside of its folder", async (line) => {
    workspace.write("flashproof.toml", `${line}\n`);
    const run = await workspace.json("chips");
    expect(run).toMatchObject({ exit: 2, error: { code: "config-invalid" } });
    expect(run.error?.message).toMatch(
      /^(uart|image|probe) in \S+ names ".*", which is outside of the project's folder$/,
    );
  });

  it.each([
    ["a link to a folder outside", "link/x.txt", () => symlinkSync(outside.folder, workspace.path("link"))],
    [
      "a link to a file outside",
      "file.txt",
      () => symlinkSync(outside.write("own", "mine"), workspace.path("file.txt")),
    ],
    ["a link to where no file is yet", "new.txt", () => symlinkSync(outside.path("new"), workspace.path("new.txt"))],
    ["a link that leads nowhere at all", "no.txt", () => symlinkSync("/nonexistent/x", workspace.path("no.txt"))],
  ])("%s counts as outside", async (_, path, make) => {
    make();
    for (const line of [`uart = "${path}"`, twin(`state=${path}`), twin(`uart=${path}`)]) {
      workspace.write("flashproof.toml", `${line}\n`);
      expect(await workspace.json("info"), line).toMatchObject({ exit: 2, error: { code: "config-invalid" } });
    }
    expect(outside.has("new")).toBe(false);
  });

  it("count from its folder, and may be new or in folders of their own", async () => {
    mkdirSync(workspace.path("boards"));
    symlinkSync("boards", workspace.path("inner"));
    for (const path of ["boards/a.k24", "inner/b.k24", "./c.k24", "boards/../d.k24", workspace.path("e.k24")]) {
      workspace.write("flashproof.toml", `${twin(`state=${path}`)}\n`);
      expect((await workspace.json("info")).exit, path).toBe(0);
    }
    for (const name of ["boards/a.k24", "boards/b.k24", "c.k24", "d.k24", "e.k24"])
      expect(workspace.has(name)).toBe(true);
  });

  it("lie anywhere in the user's own file, and count from that one's folder", async () => {
    usersFile(`${twin(`state=${outside.path("user.k24")}`)}\n`);
    expect((await workspace.json("info")).exit).toBe(0);
    expect(outside.has("user.k24")).toBe(true);
    usersFile(`${twin("state=near.k24")}\n`);
    expect((await workspace.json("info")).exit).toBe(0);
    expect(workspace.has("flashproof/near.k24")).toBe(true);
  });

  it("firmware's text goes to a file of the folder and to no other", async () => {
    workspace.write("flashproof.toml", 'uart = "uart.txt"\nfor = 20\n');
    const run = await workspace.fp("flash", example("bootloader-open.hex"), ...workspace.board("uart.k24"));
    expect(run.exit).toBe(0);
    expect(workspace.has("uart.txt")).toBe(true);
  });
});

describe("the table of options", () => {
  it("gives every option a help line, and every word of a choice stands in it", async () => {
    for (const { verb, name, declaration } of ALL) {
      expect(declaration.help, `${verb.name} ${name}`).not.toBe("");
      const help = (await workspace.fp(verb.name, "--help")).out.replaceAll(/\s+/g, " ");
      expect(help).toContain(flagsOf(name, declaration));
      for (const word of declaration.kind.choices ?? []) expect(help).toContain(word);
    }
  });
});
