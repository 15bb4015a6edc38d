import type { CommandGroup } from "./command.ts";
import { CORE_COMMANDS } from "./command-list/core.ts";
import { FLASH_COMMANDS } from "./command-list/flash.ts";
import { MEMORY_COMMANDS } from "./command-list/memory.ts";
import { PIN_COMMANDS } from "./command-list/pins.ts";
import { PORT_COMMANDS } from "./command-list/port.ts";
import { SESSION_COMMANDS } from "./command-list/session.ts";
import { TEST_COMMANDS } from "./command-list/tests.ts";

/**
 * Every command of J-Link Commander that Flashproof does (UM08001 V6.22 3.2.1, kb.segger.com/J-Link_Commander,
 * `?` pages in public logs). Adding one is one entry in its group and one handler of the same name.
 */
export const COMMANDS = [
  ...SESSION_COMMANDS,
  ...CORE_COMMANDS,
  ...MEMORY_COMMANDS,
  ...FLASH_COMMANDS,
  ...PORT_COMMANDS,
  ...PIN_COMMANDS,
  ...TEST_COMMANDS,
] as const;

/** The groups of the `?` page and of the documentation, in their order. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { title: "Session", commands: SESSION_COMMANDS },
  { title: "Core", commands: CORE_COMMANDS },
  { title: "Memory", commands: MEMORY_COMMANDS },
  { title: "Flash and files", commands: FLASH_COMMANDS },
  { title: "Debug port", commands: PORT_COMMANDS },
  { title: "JTAG and pins", commands: PIN_COMMANDS },
  { title: "Tests", commands: TEST_COMMANDS },
];

/** The name of a command, as its handler is filed: the first of its names. */
export type CommandName = (typeof COMMANDS)[number]["names"][0];
