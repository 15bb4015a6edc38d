import { DEVICE } from "./gdb-bench.ts";

/** A program that starts J-Link's GDB server: its command line, how it sees that the server is ready, and what its GDB does. */
export interface GdbCaller {
  readonly name: string;
  /** Where the call was read: a file of its repository, or public logs. */
  readonly source: string;
  /** The server's arguments, with the ports that the caller takes by itself. */
  readonly args: string;
  /** What the caller means by them. */
  readonly means: object;
  /** What its GDB does; absent where the call alone is known. */
  readonly session?: GdbCallerSession;
}

/** A debug session of a caller. */
export interface GdbCallerSession {
  /** What the caller waits for in the server's output, and for how long; absent where its GDB connects at once. */
  readonly ready?: { readonly pattern: RegExp; readonly ms: number };
  /** Whether the caller itself connects to the terminal's port. */
  readonly opensTerminal?: true;
  /**
   * GDB's commands in their order, `ELF`, `BIN` and `PORT` filled in. GDB has two seconds for the answer to each packet
   * (`remotetimeout`), and gives up by itself.
   */
  readonly commands: readonly GdbCommand[];
  /** Words in the output of GDB and server that the caller takes for a failure. */
  readonly failures?: readonly RegExp[];
  /** How the server ends: by itself after its client, or by the caller's signal. */
  readonly end: "by itself" | "by a signal";
}

/** One command of GDB's, and what the caller does about its time. */
export interface GdbCommand {
  readonly send: string;
  /** What has to come besides GDB's result: the core stands. */
  readonly stops?: true;
  /** The caller's own limit; without one GDB waits. */
  readonly ms?: number;
  /** What the caller does at that limit. */
  readonly late?: "fails" | "goes on";
}

const command = (send: string): GdbCommand => ({ send });
const monitor = (line: string): GdbCommand => command(`monitor ${line}`);
/** A line for the console as a client of GDB/MI sends it. */
const console = (line: string): GdbCommand => command(`-interpreter-exec console "${line}"`);

const READY = /Waiting for GDB connection/;

/** GDB's usual `tcp connect-timeout`, in milliseconds: so long it tries again to reach a server that was just started. */
const CONNECT_MS = 15_000;

/** Every caller of J-Link's GDB server whose call is known. */
export const GDB_CALLERS: readonly GdbCaller[] = [
  {
    name: "cortex-debug",
    source: "cortex-debug src/jlink.ts, src/gdb.ts",
    args: `-singlerun -nogui -if swd -port 50000 -swoport 50001 -telnetport 50002 -device ${DEVICE} -rtttelnetport 19021`,
    means: { port: 50000, swoPort: 50001, telnetPort: 50002, device: DEVICE, isSingleRun: true, halts: true },
    session: {
      // The pattern is looked for in a line that has not ended yet.
      ready: { pattern: /Waiting for GDB connection[^\n]*$/, ms: 60_000 },
      commands: [
        command("-gdb-set mi-async on"),
        command("-file-exec-and-symbols ELF"),
        command("-target-select extended-remote localhost:PORT"),
        console("monitor halt"),
        console("monitor reset"),
        command("-target-download"),
        console("monitor reset"),
        console("monitor SWO EnableTarget 0 0 0x1 0"),
        console("monitor exec SetRTTAddr 0x20000000"),
        command("-break-insert -h count"),
        { send: "-exec-continue", stops: true },
        command("-data-read-memory-bytes 0x20003000 16"),
        command("-break-delete 1"),
        command("-exec-continue"),
        { send: "-exec-interrupt", stops: true, ms: 2_000, late: "fails" },
        { send: "-target-detach", ms: 100, late: "goes on" },
        { send: "-gdb-exit", ms: 500, late: "goes on" },
      ],
      end: "by itself",
    },
  },
  {
    name: "Eclipse Embedded CDT",
    source: "eclipse-embed-cdt DebuggerCommands, GdbServerBackend",
    args: `-if swd -device ${DEVICE} -endian little -speed 1000 -port 2331 -swoport 2332 -telnetport 2333 -vd -ir -localhostonly 1 -singlerun -strict -timeout 0 -nogui`,
    means: { port: 2331, hz: 1_000_000, isStrict: true, isSingleRun: true },
    session: {
      ready: { pattern: READY, ms: 15_000 },
      opensTerminal: true,
      commands: [
        command("-file-exec-and-symbols ELF"),
        command("-target-select remote localhost:PORT"),
        ...["speed 1000", "clrbp", "reset", "halt", "regs"].map(monitor),
        command("flushreg"),
        ...["speed auto", "flash breakpoints 1", "semihosting enable", "semihosting IOClient 1"].map(monitor),
        ...["SWO DisableTarget 0xFFFFFFFF", "SWO EnableTarget 0 0 0x1 0"].map(monitor),
        command("load"),
        ...["clrbp", "reset", "halt", "regs"].map(monitor),
        command("flushreg"),
        command("tbreak main"),
        { send: "continue", stops: true },
        command("-gdb-exit"),
      ],
      end: "by itself",
    },
  },
  {
    name: "PlatformIO",
    source: "platformio-core platformio/debug/config/jlink.py, process/server.py; platform.py of the platforms",
    args: `-singlerun -if SWD -select USB -device ${DEVICE} -port 2331 -speed 1000`,
    means: { port: 2331, hz: 1_000_000, isSingleRun: true },
    session: {
      ready: { pattern: READY, ms: 60_000 },
      commands: [
        command("file ELF"),
        command("target extended-remote localhost:PORT"),
        ...["clrbp", "speed auto", "reset", "halt"].map(monitor),
        command("load"),
        command("tbreak main"),
        ...["reset", "halt"].map(monitor),
        { send: "continue", stops: true },
        ...["clrbp", "reset", "go"].map(monitor),
        command("-gdb-exit"),
      ],
      end: "by itself",
    },
  },
  {
    name: "west",
    source: "zephyr scripts/west_commands/runners/jlink.py",
    args: `-select usb=59304712 -port 2331 -if swd -speed auto -device ${DEVICE} -silent -endian little -singlerun -nogui -rtos /opt/GDBServer/RTOSPlugin_Zephyr -rtttelnetport 19021 -nohalt`,
    means: { usb: "59304712", halts: false, isSingleRun: true },
    session: {
      commands: [
        command("file ELF"),
        { send: "target remote localhost:PORT", ms: CONNECT_MS },
        ...["halt", "reset"].map(monitor),
        command("load"),
        monitor("reset"),
        command("break main"),
        { send: "continue", stops: true },
        command("-gdb-exit"),
      ],
      end: "by a signal",
    },
  },
  {
    name: "Mynewt",
    source: "mynewt-core hw/scripts/jlink.sh",
    args: `-device ${DEVICE} -speed 1000 -if SWD -port 3333 -singlerun -select usb=59304712`,
    means: { port: 3333, usb: "59304712", isSingleRun: true },
    session: {
      commands: [
        { send: "target remote localhost:PORT", ms: CONNECT_MS },
        command("mon reset"),
        command("restore BIN binary 0x8000"),
        command("info reg"),
        command("mon reset"),
        command("-gdb-exit"),
      ],
      failures: [/error/, /failed/i, /unknown \/ supported/i, /not found/i],
      end: "by itself",
    },
  },
  {
    name: "MCUXpresso",
    source: "public logs of NXP's forum",
    args: `-nosilent -swoport 2332 -select USB=59304712 -telnetport 2333 -singlerun -endian little -noir -speed auto -port 2331 -vd -device ${DEVICE} -if SWD -halt -reportuseraction`,
    means: { usb: "59304712", halts: true, isSingleRun: true },
  },
  {
    name: "RIOT",
    source: "RIOT dist/tools/jlink/jlink.sh",
    args: `-select usb='59304712' -device ${DEVICE} -speed 2000 -if SWD -port 3333 -telnetport 4444`,
    means: { usb: "59304712", port: 3333, telnetPort: 4444, isSingleRun: false },
  },
  {
    name: "an old script, whatever its case",
    source: "public gists",
    args: `-If SWD -Speed 4000 -Device ${DEVICE} -Select ip=192.168.1.7`,
    means: { hz: 4_000_000, device: DEVICE, ip: "192.168.1.7" },
  },
];
