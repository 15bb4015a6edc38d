import { describe, expect, it } from "vitest";
import type { CortexCore } from "../../../src/cortex/cortex-core.ts";
import { faultWords, isFault, isInFault } from "../../../src/gdb/faults/fault-words.ts";
import type { Session } from "../../../src/session/session.ts";
import { board } from "../../support/board.ts";
import { type GdbClient, monitor, talk } from "../../support/gdb-client.ts";

/** `ldr r0, [r0]; nop; b .` at 0x20000000. */
async function load(client: GdbClient, r0: string, sp: string): Promise<void> {
  await client.ask("M20000000,6:006800bffee7");
  await client.ask(`P0=${r0}`);
  await client.ask(`Pd=${sp}`);
  await client.ask("Pf=00000020");
}

/** What the console has and `monitor why` answers after the core ran into a fault. */
async function why(r0: string, sp: string, chip?: string): Promise<{ stop: string; lines: readonly string[] }> {
  let stop = "";
  let lines: readonly string[] = [];
  const console = await talk(
    async (client) => {
      await load(client, r0, sp);
      const before = client.answers.length;
      await client.ask("vCont;c:1");
      const stops = () => client.answers.slice(before).find((answer) => answer.startsWith("T"));
      while (stops() === undefined) await new Promise((resolve) => setImmediate(resolve));
      stop = stops() ?? "";
      lines = (await monitor(client, "why")).trimEnd().split("\n");
    },
    undefined,
    board({ flash: "zero", ...(chip !== undefined && { chip }) }),
  );
  expect(console).toEqual(expect.arrayContaining([...lines]));
  return { stop, lines };
}

describe("a fault that stops the core", () => {
  it("is SIGSEGV, with what, where and why in words", async () => {
    const { stop, lines } = await why("00000030", "00800020");
    expect(stop).toMatch(/^T0b/);
    expect(lines[0]).toMatch(/^the core stopped in HardFault: .* at address 0x30000000$/);
    expect(lines.slice(1)).toEqual([
      "the instruction was at 0x20000000: the frame is at 0x20007FE0 on the main stack",
      "likely cause: a pointer that was never set, was freed or runs beyond its array: no memory is there",
    ]);
  });

  it("has no frame where SP points to where no memory is", async () => {
    const { lines } = await why("00000030", "00000090");
    expect(lines[1]).toBe("the main stack can't be read at 0x8FFFFFE0: it is full, or SP was never set");
    expect(lines[2]).toBe("likely cause: the stack has overflowed, or SP was never set: it points outside of RAM");
  });

  it("on a core without fault registers has its frame alone", async () => {
    const { lines } = await why("00000090", "00800020", "RP2040");
    expect(lines[0]).toBe("the core stopped in HardFault: a Cortex-M0+ has no registers that tell why");
    expect(lines[1]).toMatch(/^the instruction was at 0x2000000[02]: the frame is at 0x20007FE0 on the main stack$/);
    expect(lines).toHaveLength(2);
  });
});

/** A core that stands in HardFault with these registers, whose frame at 0x20001000 and 0x20002000 has PC 0x478. */
function standing(registers: {
  readonly cfsr?: number;
  readonly hfsr?: number;
  readonly bfar?: number;
  readonly lr?: number;
  readonly failure?: Error;
}) {
  const { cfsr = 0, hfsr = 0x40000000, bfar = 0, lr = 0xfffffff9, failure } = registers;
  const words = new Map([
    [0xe000ed28, cfsr],
    [0xe000ed2c, hfsr],
    [0xe000ed38, bfar],
    ...[0x20001000, 0x20002000].flatMap((at) => [
      [at + 20, 0x45d] as const,
      [at + 24, 0x478] as const,
      [at + 28, 0x01000000] as const,
    ]),
  ]);
  const named = { LR: lr, MSP: 0x20001000, PSP: 0x20002000, XPSR: 0x01000003 } as { readonly [name: string]: number };
  const core = {
    identity: { name: "Cortex-M4" },
    readRegisters: async (names: readonly string[]) => names.map((name) => named[name]),
    state: async () => "halted",
    memory: {
      run: async (ops: readonly { readonly address: number }[]) => {
        if (failure && ops.some(({ address }) => address < 0xe0000000)) throw failure;
        return ops.map(({ address }) => words.get(address) ?? 0);
      },
    },
  };
  const session = { core, found: {}, clock: { now: () => 0 } };
  return faultWords(session as unknown as Session, core as unknown as CortexCore);
}

describe("the words for a fault", () => {
  it("name the process stack where EXC_RETURN does", async () => {
    expect((await standing({ cfsr: 0x8200, lr: 0xfffffffd }))[1]).toBe(
      "the instruction was at 0x00000478: the frame is at 0x20002000 on the process stack",
    );
  });

  it("have no line of a frame once the handler has used LR", async () => {
    const lines = await standing({ cfsr: 0x02000000, lr: 0x0000045d });
    expect(lines.slice(1)).toEqual(["likely cause: a divisor that is 0, and CCR.DIV_0_TRP makes a fault of it"]);
  });

  it("do not trust a frame after a return by a wrong EXC_RETURN", async () => {
    expect((await standing({ cfsr: 0x40000 }))[1]).toBe(
      "where the frame is can't be known: the return used a wrong EXC_RETURN",
    );
  });

  it.each([0x1000, 0x10])("do not trust a frame that was not written, CFSR 0x%x", async (cfsr) => {
    expect((await standing({ cfsr }))[1]).toBe(
      "the frame was not written at 0x20001000 on the main stack, so the PC before it is lost",
    );
  });

  it("use BFAR only where it is valid", async () => {
    expect((await standing({ cfsr: 0x8200, bfar: 0x10 })).at(-1)).toContain("a null pointer");
    expect((await standing({ cfsr: 0x200, bfar: 0x10 })).at(-1)).toContain("BFAR does not have the address");
  });

  it("are one line where no register has a bit", async () => {
    const lines = await standing({ hfsr: 0, lr: 0x401 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(": no fault register says why");
  });

  it("throw what is no fault of the memory", async () => {
    await expect(standing({ failure: new Error("pulled out") })).rejects.toThrow("pulled out");
  });
});

describe("the exceptions that are faults", () => {
  it("are HardFault, MemManage, BusFault and UsageFault", () => {
    expect([0, 2, 3, 4, 5, 6, 7, 11].filter(isFault)).toEqual([3, 4, 5, 6]);
  });

  it("are looked for in IPSR alone", async () => {
    const core = (xpsr: number) => ({ readRegisters: async () => [xpsr] }) as unknown as CortexCore;
    expect([
      await isInFault(core(0x61000003)),
      await isInFault(core(0x61000000)),
      await isInFault(core(0x100f)),
    ]).toEqual([true, false, false]);
  });
});
