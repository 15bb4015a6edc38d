import type { CommandSpec } from "../command.ts";

/** The commands that measure. */
export const TEST_COMMANDS = [
  {
    names: ["TestHaltGo", "thg"],
    args: [{ name: "NumTimes", kind: "decimal", optional: true }],
    help: "starts and halts the core again and again",
    needs: "target",
    prints: "how often, and how long it took",
    source: "unsure",
    example: "TestHaltGo 10",
  },
  {
    names: ["TestStep", "ts"],
    args: [{ name: "NumTimes", kind: "decimal", optional: true }],
    help: "executes single instructions and measures",
    needs: "target",
    prints: "how often, and how long it took",
    source: "unsure",
    example: "TestStep 10",
  },
  {
    names: ["TestWSpeed"],
    args: [
      { name: "NumBytes", kind: "hex", optional: true },
      { name: "Addr", kind: "hex", optional: true },
    ],
    help: "measures writing to the chip's RAM",
    needs: "target",
    prints: "bytes, time and speed",
    source: "unsure",
    example: "TestWSpeed 400",
  },
  {
    names: ["TestRSpeed"],
    args: [
      { name: "NumBytes", kind: "hex", optional: true },
      { name: "Addr", kind: "hex", optional: true },
    ],
    help: "measures reading the chip's RAM",
    needs: "target",
    prints: "bytes, time and speed",
    source: "unsure",
    example: "TestRSpeed 400",
  },
  {
    names: ["TestNWSpeed"],
    args: [
      { name: "NumBytes", kind: "hex", optional: true },
      { name: "Addr", kind: "hex", optional: true },
    ],
    help: "measures writing, in single accesses",
    needs: "target",
    prints: "bytes, time and speed",
    source: "unsure",
    example: "TestNWSpeed 400",
  },
  {
    names: ["TestNRSpeed"],
    args: [
      { name: "NumBytes", kind: "hex", optional: true },
      { name: "Addr", kind: "hex", optional: true },
    ],
    help: "measures reading, in single accesses",
    needs: "target",
    prints: "bytes, time and speed",
    source: "unsure",
    example: "TestNRSpeed 400",
  },
] as const satisfies readonly CommandSpec[];
