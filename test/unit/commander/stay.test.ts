import { describe, expect, it } from "vitest";
import { HostError } from "../../../src/base/errors.ts";
import type { CommanderHost, RttClients } from "../../../src/commander/host.ts";
import type { RttLine } from "../../../src/rtt/pump.ts";
import { board } from "../../support/board.ts";
import { type Lab, run } from "./lab.ts";

const silentLine: RttLine = {
  channels: new Set([0]),
  take: () => {},
  waiting: () => new Uint8Array(0),
  sent: () => {},
};

/** A server without clients; counts its starts, ends and looks. */
function server(onLook = () => {}) {
  const seen = { starts: 0, ends: 0, ports: [] as number[] };
  const serveRtt: NonNullable<CommanderHost["serveRtt"]> = async ({ port }): Promise<RttClients> => {
    seen.starts += 1;
    seen.ports.push(port);
    return {
      port,
      get lines() {
        onLook();
        return [];
      },
      close: async () => {
        seen.ends += 1;
      },
    };
  };
  return { seen, serveRtt };
}

/** Runs a script that may stay, and ends it by a signal at the server's third look for clients. */
async function runUntilSignal(script: readonly string[], lab: Lab = {}) {
  const stop = new AbortController();
  let looks = 0;
  const { seen, serveRtt } = server(() => ++looks === 3 && stop.abort());
  const ran = await run(script, { serveRtt, signal: stop.signal, ...lab });
  return { ...ran, seen, stayed: stop.signal.aborted };
}

describe("a script without exit, without a terminal", () => {
  it("stays when connect was its last command, until a signal ends it without an error", async () => {
    const { stayed, exit, seen, out } = await runUntilSignal(["connect", ""]);
    expect({ stayed, exit, seen }).toEqual({ stayed: true, exit: 0, seen: { starts: 1, ends: 1, ports: [19021] } });
    expect(out.slice(-4)).toEqual(["Cortex-M4 identified.", "", "Script processing completed.", ""]);
  });

  it("stays when RTT's port was named, whatever its last command", async () => {
    const { stayed, seen } = await runUntilSignal(["r", "g"], { rttTelnetPort: "5000" });
    expect({ stayed, ports: seen.ports }).toEqual({ stayed: true, ports: [5000] });
  });

  it("stays when -AutoConnect was all there was", async () => {
    expect((await runUntilSignal([""], { autoConnect: true })).stayed).toBe(true);
  });

  it.each([[["connect", "mem32 0, 1"]], [["r", "h"]], [["connect", "exit"]], [["connect", "q", "connect"]]])(
    "ends otherwise: %j",
    async (script) => {
      const { stayed, exit, seen } = await runUntilSignal(script);
      expect({ stayed, exit, starts: seen.starts }).toEqual({ stayed: false, exit: 0, starts: 0 });
    },
  );

  it("ends where there is nothing to stay for", async () => {
    const dead = { twin: board({ vtrefMv: 200 }) };
    expect(await runUntilSignal(["connect"], dead)).toMatchObject({ stayed: false, exit: 0 });
    expect(await runUntilSignal(["connect"], { ...dead, exitOnError: true })).toMatchObject({ stayed: false, exit: 1 });
  });

  it("ends where the host has no RTT server", async () => expect((await run(["connect"])).exit).toBe(0));

  it("takes commands by stdin while it stays", async () => {
    const { stayed, exit, out } = await runUntilSignal(["connect"], { piped: ["IsHalted", "exit"] });
    expect({ stayed, exit }).toEqual({ stayed: false, exit: 0 });
    expect(out.slice(-3)).toEqual(["J-Link>IsHalted", "CPU is halted.", "J-Link>exit"]);
  });

  it("prints where RTT is served, and that a port is taken", async () => {
    expect((await runUntilSignal(["connect"])).notes).toContain("RTT is served at 127.0.0.1:19021");
    const serveRtt = async () => {
      throw new HostError("usage", "Cannot listen on 127.0.0.1:19021: it is in use");
    };
    const { notes, exit } = await run(["connect"], { serveRtt, piped: ["exit"] });
    expect(notes.filter((line) => line.startsWith("RTT"))).toEqual([
      "RTT isn't served: Cannot listen on 127.0.0.1:19021: it is in use",
    ]);
    expect(exit).toBe(0);
  });

  it("ends with an error when its probe has gone", async () => {
    const twin = board();
    const { serveRtt } = server();
    const unplug: typeof serveRtt = async (request) => {
      await twin.device.close();
      return { ...(await serveRtt(request)), lines: [{ place: {}, line: silentLine }] };
    };
    const { exit, notes } = await run(["connect"], { twin, serveRtt: unplug });
    expect(exit).toBe(1);
    expect(notes.join()).toContain("probe");
  });
});

describe("a script without exit on a terminal", () => {
  it("leaves its user at the prompt", async () => {
    const { serveRtt } = server();
    const { exit, out } = await run(["r"], { behind: ["IsHalted", "q"], serveRtt });
    expect(exit).toBe(0);
    expect(out.slice(-2)).toEqual(["", "CPU is halted."]);
  });

  it("ends at the first error under ExitOnError", async () => {
    const { serveRtt } = server();
    const { exit, out } = await run(["frobnicate"], { exitOnError: true, behind: ["IsHalted"], serveRtt });
    expect(exit).toBe(1);
    expect(out).not.toContain("CPU is halted.");
  });
});

describe("-RTTTelnetPort", () => {
  it("without a valid port is noted, and J-Link's own port is used", async () => {
    const { seen, notes } = await runUntilSignal(["connect"], { rttTelnetPort: "many" });
    expect(seen.ports).toEqual([19021]);
    expect(notes).toContain("-RTTTelnetPort many names no TCP port: RTT is served at 19021");
  });
});
