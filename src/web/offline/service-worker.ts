import { DISASSEMBLER_POLICY, isDisassembler } from "../policy.ts";

// Keeps one build of the page in this browser, so that it works without a network. The bundler puts BUILD before it.

declare const BUILD: BuiltFiles;

/** The files of a build, by their paths from the page, with their SHA-256 in hex; the page itself has the path "". */
interface BuiltFiles {
  readonly digest: string;
  readonly files: { readonly [path: string]: string };
  /** Those of them that are kept when they are used first: the disassembler's. */
  readonly later: readonly string[];
}

interface LongEvent extends Event {
  waitUntil(done: Promise<unknown>): void;
}

interface AskedFile extends LongEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

interface AskedByPage extends LongEvent {
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
}

/** What of a service worker's scope is used here: TypeScript's library of it can't stand beside that of pages. */
interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: { readonly type: "window"; readonly includeUncontrolled: true }): Promise<readonly object[]>;
  };
  skipWaiting(): Promise<void>;
  addEventListener<E extends Event>(kind: string, take: (event: E) => void): void;
}

const scope = globalThis as unknown as Scope;
const base = scope.registration.scope;

/** Caches of copies at other addresses of this origin begin with another scope. */
const PREFIX = `flashproof ${base} `;
const CACHE = PREFIX + BUILD.digest;

scope.addEventListener<LongEvent>("install", (event) => event.waitUntil(keepFiles()));
scope.addEventListener<LongEvent>("activate", (event) =>
  event.waitUntil(dropOlder().then(() => scope.clients.claim())),
);
scope.addEventListener<AskedFile>("fetch", (event) => {
  const path = pathOf(event.request);
  if (path !== undefined) event.respondWith(kept(path, event.request));
});
scope.addEventListener<AskedByPage>("message", (event) => {
  if (event.data === "update") event.waitUntil(update(event.ports[0]));
});

/** Fetches every file of the build but those for later; one that is not the build's own ends the installation. */
async function keepFiles(): Promise<void> {
  const paths = Object.keys(BUILD.files).filter((path) => !BUILD.later.includes(path));
  await Promise.all(paths.map((path) => keep(path)));
}

/** Fetches a file and keeps it. Throws `Error` where it is not the build's own by its hash, and what `fetch` throws. */
async function keep(path: string): Promise<Response> {
  const response = await fetch(new URL(path, base), { cache: "reload" });
  const bytes = await response.arrayBuffer();
  if (!response.ok || (await sha256(bytes)) !== BUILD.files[path]) throw new Error(`${path} is not of this build`);
  const headers = new Headers(response.headers);
  // Whatever the server's policy is, the disassembler's worker may compile WebAssembly, and do nothing else.
  if (isDisassembler(path)) headers.set("content-security-policy", DISASSEMBLER_POLICY);
  // A response of its own: one that was redirected may not answer a navigation.
  const own = new Response(bytes, { headers });
  const cache = await caches.open(CACHE);
  await cache.put(new URL(path, base), own.clone());
  return own;
}

async function dropOlder(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)),
  );
}

/** The build's path that a request names; undefined for everything else, which goes to the network as ever. */
function pathOf({ method, url }: Request): string | undefined {
  if (method !== "GET" || !url.startsWith(base)) return undefined;
  const path = url.slice(base.length).split(/[?#]/)[0];
  const name = path === "index.html" ? "" : path;
  return Object.hasOwn(BUILD.files, name) ? name : undefined;
}

async function kept(path: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const found = await cache.match(new URL(path, base));
  if (found) return found;
  return BUILD.later.includes(path) ? keep(path) : fetch(request);
}

/**
 * Takes this build into use in place of the one before, where the page that asks is the only one: a job of another one
 * would find the files of its own build gone. Answers whether it did.
 */
async function update(answer: MessagePort): Promise<void> {
  const pages = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  answer.postMessage(pages.length <= 1);
  if (pages.length <= 1) await scope.skipWaiting();
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
