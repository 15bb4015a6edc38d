import { printable, printableLine } from "../../base/printable.ts";
import type { CommanderHost } from "../host.ts";

/** A copy of what the console shows, for `log FILE` and `-Log FILE`; written once, when the run ends. */
class ConsoleLog {
  private readonly host: CommanderHost;
  private path: string | undefined;
  private text = "";

  constructor(host: CommanderHost) {
    this.host = host;
  }

  /** From here on; another file's name writes the one before. */
  start(path: string): void {
    this.finish();
    this.path = path;
  }

  /** Notes what was printed. */
  add(text: string): void {
    if (this.path !== undefined) this.text += text;
  }

  /** Writes the file, if there is one; throws `HostError` `file-unwritable`. */
  finish(): void {
    if (this.path !== undefined) this.host.writeFile(this.path, new TextEncoder().encode(this.text));
    this.path = undefined;
    this.text = "";
  }
}

/** A host whose words are logged. */
export interface LoggedHost extends CommanderHost {
  readonly log: ConsoleLog;
}

/** The same host, with a log beside its console. */
export function logged(host: CommanderHost): LoggedHost {
  const log = new ConsoleLog(host);
  return {
    ...host,
    log,
    out: (text) => {
      log.add(printable(text));
      host.out(text);
    },
    note: (line) => {
      log.add(`flashproof: ${printableLine(line)}\n`);
      host.note(line);
    },
  };
}
