import { existsSync } from "node:fs";
import type { Io } from "../../base/clock.ts";
import { HostError } from "../../base/errors.ts";
import { printableLine } from "../../base/printable.ts";
import type { CommanderHost } from "../../commander/host.ts";
import { runLine } from "../../commander/run/run-line.ts";
import type { Permit } from "../../flash/permit.ts";
import { type PlaceInFolder, placeInFolder } from "../../node/files/place-in-folder.ts";
import { readWhole, writeWhole } from "../../node/files.ts";
import type { OpenProbe } from "../../node/probes.ts";
import type { Session } from "../../session/session.ts";
import { checkRawWrite } from "../../session/write-memory.ts";

/** What a server has given its clients: its folder, and its own command line's consents. */
export interface ServerGrants {
  readonly folder: string;
  readonly permits: readonly Permit[];
}

/**
 * J-Link Commander's lines for the clients of a server: `run` answers what a line prints. Files are those in the server's
 * own folder, and none is replaced, because every program on this machine can be a client.
 */
export const serverLines =
  (session: Session, open: OpenProbe, grants: ServerGrants): ((line: string, io: Io) => Promise<string>) =>
  async (line, io) => {
    let text = "";
    const out = (more: string) => {
      text += more;
    };
    const { permits } = grants;
    const allows = (act: Permit["allows"]) => permits.some((permit) => permit.allows === act);
    const { chip } = session.found;
    const target = {
      session,
      opened: open,
      host: hostFor(out, open, grants.folder),
      device: chip && `${chip.name}${allows("lock") ? " (allow security)" : ""}`,
      tokens: permits.map(({ token }) => token).filter((token) => token !== "any"),
      checkWrite: (address: number, bytes: Uint8Array) => checkRawWrite({ address, bytes }, chip, permits),
      mayWritePorts: allows("raw-write"),
    };
    await runLine(line, target, io);
    return text;
  };

function hostFor(out: (text: string) => void, { probe, clock }: OpenProbe, folder: string): CommanderHost {
  const { serial, product } = probe.info;
  return {
    openProbe: () => Promise.reject(new HostError("usage", "The server has its probe already")),
    listProbes: async () => [{ serial, product }],
    readFile: (path) => readWhole(inside(folder, path)),
    writeFile: (path, bytes) => {
      const file = inside(folder, path);
      if (existsSync(file))
        throw new HostError("file-unwritable", `${path} exists already, and a client replaces no file`);
      writeWhole(file, bytes);
    },
    out,
    note: (line) => out(`flashproof: ${printableLine(line)}\n`),
    clock,
    isInteractive: false,
  };
}

/** A path in the server's folder, by no symbolic link; throws `usage` for any other and one that can't be looked at. */
function inside(folder: string, name: string): string {
  const { path, refused } = placeOf(folder, name);
  if (path === undefined)
    throw new HostError(
      "usage",
      `A client has the folder in which the server was started, and not ${name}: ${refused}`,
    );
  return path;
}

function placeOf(folder: string, name: string): PlaceInFolder {
  try {
    return placeInFolder(folder, name);
  } catch (error) {
    return { refused: (error as Error).message };
  }
}
