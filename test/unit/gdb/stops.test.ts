import { describe, expect, it } from "vitest";
import { frame } from "../../../src/gdb/rsp.ts";
import { stopReply } from "../../../src/gdb/stop.ts";
import { type GdbClient, loadCounting, monitor, talk } from "../../support/gdb-client.ts";

const UNDERSTOOD = { core: 0, swbreak: true, hwbreak: true };

describe("a stop reply", () => {
  it("has the signal in hex, SP and PC where they are known, and the core", () => {
    expect(stopReply({ signal: 11, sp: 0x20008000, pc: 0x412 }, UNDERSTOOD)).toBe(
      "T0b0d:00800020;0f:12040000;thread:1;core:0;",
    );
    expect(stopReply({ signal: 5 }, { ...UNDERSTOOD, core: 1 })).toBe("T05thread:1;core:1;");
  });

  it("has the kind of breakpoint only where the client understands it, and a watchpoint's address for all", () => {
    const reply = (hit: Parameters<typeof stopReply>[0]["hit"], swbreak: boolean, hwbreak: boolean) =>
      stopReply({ signal: 5, hit }, { core: 0, swbreak, hwbreak }).slice(3, -"thread:1;core:0;".length);
    expect([reply({ kind: "swbreak" }, true, false), reply({ kind: "swbreak" }, false, true)]).toEqual([
      "swbreak:;",
      "",
    ]);
    expect([reply({ kind: "hwbreak" }, false, true), reply({ kind: "hwbreak" }, true, false)]).toEqual([
      "hwbreak:;",
      "",
    ]);
    expect(reply({ kind: "rwatch", address: 0x20001000 }, false, false)).toBe("rwatch:20001000;");
  });

  it("is the end of the program where the firmware has ended with a code", () => {
    expect(stopReply({ signal: 5, pc: 0, exit: 0 }, UNDERSTOOD)).toBe("W00");
    expect(stopReply({ signal: 5, exit: 0x2a }, UNDERSTOOD)).toBe("W2a");
  });
});

/** Runs until the next stop. */
async function run(client: GdbClient, packet = "vCont;c"): Promise<string> {
  const before = client.answers.length;
  client.put(frame(packet));
  const stop = () => client.answers.slice(before).find((answer) => /^[TWX]/.test(answer));
  while (stop() === undefined) await new Promise((resolve) => setImmediate(resolve));
  return stop() ?? "";
}

describe("a breakpoint that stops the core", () => {
  it.each([
    ["qSupported:swbreak+;hwbreak+", "Z0,2000001a,2", "swbreak:;"],
    ["qSupported:swbreak-;hwbreak+", "Z0,2000001a,2", ""],
    ["qSupported:hwbreak+", "Z1,2000001a,2", ""],
    ["qSupported:multiprocess+", "Z0,2000001a,2", ""],
  ])("is named as the client understands it: %s, %s", async (supported, point, kind) => {
    await talk(async (client) => {
      await client.ask(supported);
      await loadCounting(client);
      await client.ask(point);
      const stop = await run(client);
      expect(stop).toContain("0f:1a000020;");
      expect(/0f:[0-9a-f]{8};(.*)thread/.exec(stop)?.[1]?.replace("hwbreak:;", "")).toBe(kind);
    });
  });

  it("at PC stops a step at once, and is no hindrance once the client has taken it away", async () => {
    await talk(async (client) => {
      // movs r0, #1; movs r1, #2; b .
      await client.ask("M20000000,6:01200221fee7");
      await client.ask("Z0,20000000,2");
      for (const register of ["P0=00000000", "P1=00000000", "Pf=00000020"]) await client.ask(register);
      expect(await run(client, "vCont;s")).toContain("0f:00000020;");
      await client.ask("z0,20000000,2");
      await client.ask("Pf=00000020");
      expect(await run(client, "vCont;s")).toContain("0f:02000020;");
      expect([await client.ask("p0"), await client.ask("p1")]).toEqual(["01000000", "00000000"]);
      await client.ask("Pf=00000020");
      expect(await run(client, "vCont;r20000000,20000004")).toContain("0f:04000020;");
      expect(await client.ask("p1")).toBe("02000000");
    });
  });
});

describe("a watchpoint that stops the core", () => {
  const watched = async (client: GdbClient, point: string) => {
    await loadCounting(client);
    await client.ask(point);
    return run(client);
  };

  it.each([
    ["Z2,20001000,4", "watch:20001000;"],
    ["Z4,20001000,4", "awatch:20001000;"],
  ])("is named by its kind and address: %s", async (point, hit) => {
    await talk(async (client) => {
      expect(await watched(client, point)).toContain(hit);
    });
  });

  it("is answered by no step where it is cleared before, as the access is done, and by one where it stays", async () => {
    const pcsAfter = async (clear: boolean) => {
      let pcs: (string | undefined)[] = [];
      await talk(async (client) => {
        const pcOf = (stop: string) => /0f:([0-9a-f]{8})/.exec(stop)?.[1];
        const stop = await watched(client, "Z2,20001000,4");
        if (clear) expect(await client.ask("z2,20001000,4")).toBe("OK");
        pcs = [pcOf(stop), pcOf(await run(client, "vCont;s"))];
      });
      return pcs;
    };
    const [at, next] = await pcsAfter(true);
    expect(next).toBe(at);
    const [again, stepped] = await pcsAfter(false);
    expect(again).toBe(at);
    expect(stepped).not.toBe(again);
  });

  it("of another kind or place does not take the hit one's part", async () => {
    await talk(async (client) => {
      const stop = await watched(client, "Z2,20001000,4");
      const pc = /0f:([0-9a-f]{8})/.exec(stop)?.[1];
      await client.ask("z2,20001000,4");
      await client.ask("Z3,20001000,4");
      await client.ask("Z2,20001004,4");
      expect(await run(client, "vCont;s")).toContain(`0f:${pc};`);
    });
  });

  it("does not stop the core at a read where it is for writes, nor at a write where it is for reads", async () => {
    await talk(async (client) => {
      await loadCounting(client);
      await client.ask("Z3,20001000,4");
      await monitor(client, "go");
      expect(await monitor(client, "waithalt 5")).toContain("has not halted");
    });
  });
});
