import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { board } from "../../support/board.ts";
import { compile } from "../gdb/compile.ts";
import { served } from "../gdb/served.ts";
import { describeWith } from "../judges.ts";
import { type Body, DapClient } from "./dap-client.ts";

const SOURCE = resolve("test/clients/gdb/programs/debuggee.c");

/** Lines of the program: `counter += by` in `count`, and the call of `twice` behind the loop. */
const LINES = { count: 18, afterLoop: 30 } as const;

const TEST_MS = 120_000;

interface Frame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
}

describeWith(
  "cdt-gdb-adapter",
  "gdb-multiarch",
  "arm-none-eabi-gcc",
)("cdt-gdb-adapter on our own server", () => {
  let folder: string;
  let elf: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-dap-"));
    elf = compile("debuggee", folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("attaches, loads, stops at a breakpoint, shows stack, variables and memory, steps, continues, pauses and disconnects", {
    timeout: TEST_MS,
  }, async () => {
    const { console } = await served(board({ flash: "zero" }), async (port, session) => {
      const dap = new DapClient("cdtDebugTargetAdapter");
      try {
        await start(dap, elf, port);
        const stopped = await dap.event("stopped");
        expect(stopped["reason"]).toMatch(/breakpoint/);
        const threadId = Number(stopped["threadId"]);
        await atBreakpoint(dap, threadId);
        await dap.request("setBreakpoints", { source: { path: SOURCE }, breakpoints: [{ line: LINES.afterLoop }] });
        await dap.request("continue", { threadId });
        await dap.event("stopped");
        await stepping(dap, threadId);
        await dap.request("setBreakpoints", { source: { path: SOURCE }, breakpoints: [] });
        await running(dap, threadId);
        await dap.request("disconnect", {});
        expect(await session.core.state()).toBe("running");
      } finally {
        dap.close();
      }
    });
    expect(console.join("\n")).toMatch(/load: .*verify: equal/);
  });
});

/** As VS Code starts a session: the breakpoints are set between `initialized` and `configurationDone`. */
async function start(dap: DapClient, elf: string, port: number): Promise<void> {
  await dap.request("initialize", { adapterID: "gdbtarget", linesStartAt1: true, pathFormat: "path" });
  const attached = dap.post("attach", {
    program: elf,
    gdb: "gdb-multiarch",
    target: { type: "extended-remote", host: "127.0.0.1", port: String(port) },
    initCommands: ["monitor reset", "load"],
  });
  await dap.event("initialized");
  const answer = await dap.request("setBreakpoints", {
    source: { path: SOURCE },
    breakpoints: [{ line: LINES.count }],
  });
  expect(answer["breakpoints"]).toMatchObject([{ verified: true, line: LINES.count }]);
  await dap.request("configurationDone");
  await dap.response(attached);
}

const framesOf = async (dap: DapClient, threadId: number): Promise<readonly Frame[]> =>
  (await dap.request("stackTrace", { threadId }))["stackFrames"] as readonly Frame[];

async function atBreakpoint(dap: DapClient, threadId: number): Promise<void> {
  const { threads } = (await dap.request("threads")) as { threads: readonly Body[] };
  expect(threads).toHaveLength(1);
  const frames = await framesOf(dap, threadId);
  expect(frames.map(({ name }) => name)).toEqual(["count", "main"]);
  const { scopes } = (await dap.request("scopes", { frameId: frames[0].id })) as { scopes: readonly Body[] };
  const locals = await dap.request("variables", { variablesReference: scopes[0]["variablesReference"] });
  expect(locals["variables"]).toContainEqual(expect.objectContaining({ name: "by", value: "0" }));
  const evaluated = await dap.request("evaluate", { expression: "counter", frameId: frames[0].id, context: "watch" });
  expect(evaluated["result"]).toBe("0");
  const { data } = await dap.request("readMemory", { memoryReference: "0x40c", count: 4 });
  expect(Buffer.from(String(data), "base64").toString("hex")).toBe("feffffff");
}

async function stepping(dap: DapClient, threadId: number): Promise<void> {
  const [{ line }] = await framesOf(dap, threadId);
  expect(line).toBe(LINES.afterLoop);
  await dap.request("next", { threadId });
  expect((await dap.event("stopped"))["reason"]).toBe("step");
  const [{ id, name }] = await framesOf(dap, threadId);
  expect(name).toBe("main");
  expect((await dap.request("evaluate", { expression: "counter", frameId: id, context: "watch" }))["result"]).toBe(
    "10",
  );
}

/** The program ends in its HardFault; behind it the core runs in the handler's loop until it is paused. */
async function running(dap: DapClient, threadId: number): Promise<void> {
  await dap.request("continue", { threadId });
  expect((await dap.event("stopped"))["reason"]).toMatch(/signal|SIGSEGV|exception/);
  await dap.request("continue", { threadId });
  await dap.request("pause", { threadId });
  await dap.event("stopped");
  expect((await framesOf(dap, threadId))[0].name).toBe("hard_fault");
}
