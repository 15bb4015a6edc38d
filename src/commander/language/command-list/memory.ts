import type { CommandSpec } from "../command.ts";

/** The commands that read and write memory. */
export const MEMORY_COMMANDS = [
  {
    names: ["mem"],
    args: [
      { name: "Addr", kind: "address" },
      { name: "NumItems", kind: "hex" },
    ],
    help: "shows bytes and characters",
    needs: "target",
    prints: "`20000000 = ...`, 16 bytes a line",
    source: "log",
    example: "mem 20000000, 20",
    syntax: "mem [<Zone>:]<Addr>, <NumItems> (hex)",
  },
  {
    names: ["mem8"],
    args: [
      { name: "Addr", kind: "address" },
      { name: "NumItems", kind: "hex" },
    ],
    help: "shows bytes",
    needs: "target",
    prints: "`20000000 = ...`, 16 bytes a line",
    source: "log",
    example: "mem8 20000000, 10",
    syntax: "mem8 [<Zone>:]<Addr>, <NumItems> (hex)",
  },
  {
    names: ["mem16"],
    args: [
      { name: "Addr", kind: "address" },
      { name: "NumItems", kind: "hex" },
    ],
    help: "shows halfwords",
    needs: "target",
    prints: "`20000000 = ...`, 16 bytes a line",
    source: "unsure",
    example: "mem16 20000000, 8",
    syntax: "mem16 [<Zone>:]<Addr>, <NumItems> (hex)",
  },
  {
    names: ["mem32"],
    args: [
      { name: "Addr", kind: "address" },
      { name: "NumItems", kind: "hex" },
    ],
    help: "shows words",
    needs: "target",
    prints: "`20000000 = ...`, 16 bytes a line",
    source: "log",
    example: "mem32 20000000, 4",
    syntax: "mem32 [<Zone>:]<Addr>, <NumItems> (hex)",
  },
  {
    names: ["mem64"],
    args: [
      { name: "Addr", kind: "address" },
      { name: "NumItems", kind: "hex" },
    ],
    help: "shows double words",
    needs: "target",
    prints: "`20000000 = ...`, 16 bytes a line",
    source: "unsure",
    example: "mem64 20000000, 2",
    syntax: "mem64 [<Zone>:]<Addr>, <NumItems> (hex)",
  },
  {
    names: ["w1", "write1"],
    args: [
      { name: "Addr", kind: "address" },
      { name: "Data", kind: "hex" },
    ],
    help: "writes a byte",
    needs: "target",
    prints: "`Writing 5A -> 20000000`",
    source: "unsure",
    example: "w1 20000000, 5A",
  },
  {
    names: ["w2", "write2"],
    args: [
      { name: "Addr", kind: "address" },
      { name: "Data", kind: "hex" },
    ],
    help: "writes a halfword",
    needs: "target",
    prints: "`Writing 5AA5 -> 20000000`",
    source: "unsure",
    example: "w2 20000000, 5AA5",
  },
  {
    names: ["w4", "write4"],
    args: [
      { name: "Addr", kind: "address" },
      { name: "Data", kind: "hex" },
    ],
    help: "writes a word",
    needs: "target",
    prints: "`Writing 12345678 -> 20000000`",
    source: "log",
    example: "w4 20000000, 12345678",
  },
  {
    names: ["w8", "write8"],
    args: [
      { name: "Addr", kind: "address" },
      { name: "Data", kind: "hex64" },
    ],
    help: "writes a double word",
    needs: "target",
    prints: "`Writing 123456789ABCDEF0 -> 20000000`",
    source: "unsure",
    example: "w8 20000000, 123456789ABCDEF0",
  },
] as const satisfies readonly CommandSpec[];
