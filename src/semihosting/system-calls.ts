import { bytesOfWords } from "../base/bytes.ts";
import { nameAt, textAt, wordsAt } from "./blocks.ts";
import { ERRNO, SemihostingFailure } from "./failure.ts";
import type { Call } from "./file-calls.ts";

/** Ticks of SYS_ELAPSED in a second. */
const TICKS_HZ = 1_000_000;

/** SYS_WRITEC: R1 points to a character. */
export async function writeCharacter({ parameter, memory, host }: Call): Promise<number> {
  await host.console.write(await memory.read(parameter, 1), "out");
  return 0;
}

/** SYS_WRITE0: R1 points to a text that ends with 0. */
export async function writeText({ parameter, memory, host, signal }: Call): Promise<number> {
  for await (const piece of textAt(memory, parameter, signal)) await host.console.write(piece, "out");
  return 0;
}

/** SYS_READC: answers the character; -1 at the end of the input. */
export async function readCharacter({ host, signal }: Call): Promise<number> {
  const [character] = await host.console.read(1, signal);
  return character ?? -1;
}

/** SYS_ISERROR: `{status}`; answers 1 for a negative one. */
export async function isError({ parameter, memory }: Call): Promise<number> {
  const [status] = await wordsAt(memory, parameter, 1);
  return (status | 0) < 0 ? 1 : 0;
}

/** SYS_CLOCK: hundredths of a second since the firmware was started. */
export const clock = ({ host }: Call): number => Math.floor(host.elapsedUs() / 10_000) & 0x7fffffff;

/** SYS_TIME: seconds since 1970. */
export const time = ({ host }: Call): number | Promise<number> => host.unixSeconds();

/** SYS_SYSTEM: `{command, length}`; answers its status. Throws `SemihostingFailure` ENOSYS where the host executes none. */
export async function system({ parameter, memory, host }: Call): Promise<number> {
  if (!host.system) throw new SemihostingFailure(ERRNO.ENOSYS, "no command of the host's is executed");
  const [address, length] = await wordsAt(memory, parameter, 2);
  return host.system(await nameAt(memory, address, length));
}

/** SYS_GET_CMDLINE: `{buffer, size}`; the length comes back in the second word. */
export async function commandLine({ parameter, memory, host }: Call): Promise<number> {
  const [address, size] = await wordsAt(memory, parameter, 2);
  const text = new TextEncoder().encode(`${host.commandLine()}\0`);
  if (text.length > size) throw new SemihostingFailure(ERRNO.EINVAL, `a buffer of ${size} bytes is too short`);
  await memory.write(address, text);
  await memory.write(parameter + 4, bytesOfWords([text.length - 1]));
  return 0;
}

/** SYS_HEAPINFO: R1 points to the address of four words; zeroes leave heap and stack where the linker has put them. */
export async function heapInfo({ parameter, memory }: Call): Promise<number> {
  const [address] = await wordsAt(memory, parameter, 1);
  await memory.write(address, bytesOfWords([0, 0, 0, 0]));
  return 0;
}

/** SYS_ELAPSED: R1 points to a double word for the ticks. */
export async function elapsed({ parameter, memory, host }: Call): Promise<number> {
  const ticks = Math.floor((host.elapsedUs() * TICKS_HZ) / 1_000_000);
  await memory.write(parameter, bytesOfWords([ticks >>> 0, Math.floor(ticks / 2 ** 32)]));
  return 0;
}

/** SYS_TICKFREQ. */
export const tickFrequency = (): number => TICKS_HZ;
