/** A job that was done, with its report. */
export interface KeptJob {
  readonly id: number;
  /** When it ended, ISO 8601. */
  readonly at: string;
  readonly kind: string;
  readonly file: string;
  readonly bytes: number;
  /** SHA-256 of the file, in hex; the file itself is not kept. Empty where the page may not count it. */
  readonly sha256: string;
  readonly chip: string;
  readonly probe: string;
  /** The verdict, or the error's code. */
  readonly outcome: string;
  readonly report: unknown;
}

/** A job before it has a number. */
export type NewJob = Omit<KeptJob, "id">;

const STORE = "jobs";

/** Most jobs that are kept: the oldest ones go. */
const MOST = 200;

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("flashproof", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(failed(request));
    request.onblocked = () => reject(new Error("another page holds the history"));
  });
}

const failed = ({ error }: { readonly error: DOMException | null }): Error =>
  error ?? new Error("the history can't be used");

/** Works with the jobs in one transaction, and answers what the request gave. */
async function withJobs<T>(mode: IDBTransactionMode, work: (jobs: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(failed(transaction));
      transaction.onabort = () => reject(failed(transaction));
    });
  } finally {
    database.close();
  }
}

/** Every job, the last one first. */
export const keptJobs = async (): Promise<readonly KeptJob[]> =>
  ((await withJobs("readonly", (jobs) => jobs.getAll())) as KeptJob[]).reverse();

/** Keeps a job; the oldest ones beyond 200 go. */
export async function keepJob(job: NewJob): Promise<void> {
  await withJobs("readwrite", (jobs) => jobs.add(job));
  for (const { id } of (await keptJobs()).slice(MOST)) await forgetJob(id);
}

/** Forgets one job. */
export const forgetJob = async (id: number): Promise<void> =>
  void (await withJobs("readwrite", (jobs) => jobs.delete(id)));

/** Forgets all of them. */
export const forgetJobs = async (): Promise<void> => void (await withJobs("readwrite", (jobs) => jobs.clear()));
