/** The target's memory, as operations use it; throws `SemihostingFailure` EFAULT for what can't be accessed. */
export interface TargetMemory {
  read(address: number, length: number): Promise<Uint8Array>;
  write(address: number, bytes: Uint8Array): Promise<void>;
}

/** How a file is opened: as `fopen` has it. */
export interface OpenMode {
  readonly base: "r" | "w" | "a";
  /** `+`: for reading and writing. */
  readonly isUpdate: boolean;
}

/** An open file of the host's; it keeps no place: each access gives its own. What fails throws `SemihostingFailure`. */
export interface HostFile {
  read(position: number, length: number): Promise<Uint8Array>;
  /** Writes all of it. */
  write(position: number, bytes: Uint8Array): Promise<void>;
  length(): Promise<number>;
  close(): Promise<void>;
}

/** The host's files, as far as firmware may use them. What fails or is refused throws `SemihostingFailure`. */
export interface HostFiles {
  open(name: string, mode: OpenMode): Promise<HostFile>;
  remove(name: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
}

/** Where the firmware's standard streams lead. */
export interface HostConsole {
  write(bytes: Uint8Array, stream: "out" | "err"): Promise<void>;
  /** At least one byte and at most so many; none at the end of the input. Waits until then, or throws when called off. */
  read(most: number, signal: AbortSignal): Promise<Uint8Array>;
  /** Whether a stream is a terminal; each is where this is left out. */
  isTerminal?(stream: "in" | "out" | "err"): Promise<boolean>;
}

/** What semihosting needs of its host. */
export interface SemihostingHost {
  readonly files: HostFiles;
  readonly console: HostConsole;
  /** What SYS_GET_CMDLINE answers. */
  commandLine(): string;
  /** Microseconds since the firmware was started. */
  elapsedUs(): number;
  /** Seconds since 1970-01-01. */
  unixSeconds(): number | Promise<number>;
  /** Executes a command and answers its status; where this is left out, none is. */
  system?(command: string): Promise<number>;
}
