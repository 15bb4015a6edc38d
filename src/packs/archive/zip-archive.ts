import { type Entry, type FileEntry, type Reader, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { PackError, invalidPack, tooLarge } from "../pack-error.ts";

/** What an archive may have and become: all its files together, one of them, and how many there are. */
export const ARCHIVE_LIMITS = { total: 0x1000_0000, file: 0x400_0000, entries: 20_000, name: 1_024 } as const;

/** A file in an archive that was found safe to read. */
export interface ArchiveFile {
  /** Its path with `/` between folders, and no way out of the folder that it is put in. */
  readonly path: string;
  readonly size: number;
  /** Its bytes, of which there are as many as the archive declares; throws `PackError`. */
  read(): Promise<Uint8Array>;
}

/** The files of a zip archive (a `.pack`), read where they are wanted; call `close` at the end. */
export interface Archive {
  readonly files: readonly ArchiveFile[];
  close(): Promise<unknown>;
}

/**
 * Reads a zip archive's list of files; `name` stands in what is thrown: `PackError` `pack-invalid` for what is none, or has a
 * name that leads out of its folder, and `pack-too-large` where it declares more than `ARCHIVE_LIMITS`.
 */
export async function readArchive(source: Reader<unknown>, name: string): Promise<Archive> {
  const zip = new ZipReader(source, { useWebWorkers: false, checkSignature: true });
  try {
    const files = checked(await zip.getEntries());
    return { files, close: () => zip.close() };
  } catch (cause) {
    throw cause instanceof PackError ? cause : notAnArchive(name, cause);
  }
}

/** The same of an archive that is in memory as a whole. */
export const archiveOf = (bytes: Uint8Array, name: string): Promise<Archive> =>
  readArchive(new Uint8ArrayReader(Uint8Array.from(bytes)), name);

function checked(entries: readonly Entry[]): readonly ArchiveFile[] {
  if (entries.length > ARCHIVE_LIMITS.entries) throw tooLarge("files", entries.length, ARCHIVE_LIMITS.entries);
  const files = entries.filter((entry): entry is FileEntry => !entry.directory);
  const total = files.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  if (total > ARCHIVE_LIMITS.total) throw tooLarge("bytes in its files", total, ARCHIVE_LIMITS.total);
  return files.map((entry) => {
    if (entry.encrypted) throw invalidPack("encrypted", "The pack has files that are encrypted");
    const { uncompressedSize: size } = entry;
    return { path: safePath(entry.filename), size, read: () => bytesOf(entry, size) };
  });
}

/** Throws for a name that would lead out of the folder that an archive is put in, or that a system takes for another. */
function safePath(name: string): string {
  const path = name.replaceAll("\\", "/");
  const isUnsafe =
    path.length > ARCHIVE_LIMITS.name ||
    path.startsWith("/") ||
    /^[A-Za-z]:/.test(path) ||
    path.split("/").some((part) => part === ".." || part === "") ||
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a name with them is refused
    /[\u0000-\u001f]/.test(path);
  if (!isUnsafe) return path;
  throw invalidPack("escape", "The pack has a file whose name leads out of its folder", { name: name.slice(0, 100) });
}

async function bytesOf(entry: FileEntry, size: number): Promise<Uint8Array> {
  if (size > ARCHIVE_LIMITS.file) throw tooLarge(`bytes in ${entry.filename}`, size, ARCHIVE_LIMITS.file);
  // Without a host's types of streams the package's own are not known here.
  const bytes = (await entry
    .getData(new BoundedWriter(size), { useWebWorkers: false, checkSignature: true })
    .catch((cause: unknown) => {
      throw cause instanceof PackError ? cause : notAnArchive(entry.filename, cause);
    })) as Uint8Array;
  if (bytes.length !== size) {
    throw invalidPack("length", `${entry.filename} has ${bytes.length} bytes, and the pack declares ${size}`);
  }
  return bytes;
}

/** Takes no more bytes than were declared, whatever the compressed data expand to. */
class BoundedWriter extends Uint8ArrayWriter {
  private left: number;

  constructor(most: number) {
    super();
    this.left = most;
  }

  override async writeUint8Array(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.left -= bytes.length;
    if (this.left < 0) throw invalidPack("length", "A file in the pack expands to more bytes than it declares");
    await super.writeUint8Array(bytes);
  }
}

const notAnArchive = (path: string, cause: unknown) =>
  new PackError(
    "pack-invalid",
    `${path} is no pack, or a damaged one: ${cause instanceof Error ? cause.message : ""}`,
    {
      details: { reason: "archive" },
      cause,
    },
  );
