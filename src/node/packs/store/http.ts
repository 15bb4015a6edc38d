import { type IncomingMessage, request as httpRequest, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { checkCalledOff } from "../../../base/deadlines.ts";
import { PackError } from "../../../packs/pack-error.ts";

/** What a download is done with: the environment names the proxy. */
export interface HttpOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** The most that a whole download may take, in milliseconds; half an hour without it. */
  readonly limitMs?: number;
}

/** How long nothing may come, in milliseconds. */
const IDLE_MS = 30_000;
const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Asks for an address by GET and follows redirects; the body has not been read. HTTPS only, but for addresses of this
 * machine. Throws `PackError` `pack-download`.
 */
export async function get(
  address: string,
  headers: { readonly [name: string]: string },
  options: HttpOptions,
): Promise<IncomingMessage> {
  let url = checkedUrl(address);
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await answerOf(url, headers, options);
    const { statusCode = 0 } = answer;
    const { location } = answer.headers;
    if (!REDIRECTS.includes(statusCode) || location === undefined) return answer;
    answer.destroy();
    if (!URL.canParse(location, url.href)) throw downloadError(address, "it is redirected to what is no address");
    url = checkedUrl(new URL(location, url).href, url);
  }
  throw downloadError(address, `more than ${MOST_REDIRECTS} redirects`);
}

/** A download that failed, and why. */
export const downloadError = (address: string, why: string, cause?: unknown): PackError =>
  new PackError("pack-download", `${address} could not be downloaded: ${why}`, { details: { url: address }, cause });

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const isOfThisMachine = ({ hostname }: URL): boolean => LOOPBACK.test(hostname);

/** An address that may be asked; another machine's redirect leads to none of this one. */
function checkedUrl(address: string, before?: URL): URL {
  if (!URL.canParse(address)) throw downloadError(address, "it is no address");
  const url = new URL(address);
  if (before && isOfThisMachine(url) && !isOfThisMachine(before))
    throw downloadError(before.href, "another machine redirects to this one");
  if (url.protocol === "https:" || (url.protocol === "http:" && isOfThisMachine(url))) return url;
  throw downloadError(address, "only https:// is used, because what comes is run on your chip");
}

async function answerOf(
  url: URL,
  headers: { readonly [name: string]: string },
  options: HttpOptions,
): Promise<IncomingMessage> {
  const { signal, env } = options;
  const shared = { headers: { "user-agent": "flashproof", ...headers }, timeout: IDLE_MS, ...(signal && { signal }) };
  const proxy = proxyFor(url, env);
  try {
    if (url.protocol === "http:") {
      return await received(
        httpRequest(proxy ? { ...shared, ...viaProxy(url, proxy, shared) } : asOptions(url, shared)),
      );
    }
    if (!proxy) return await received(httpsRequest(url, shared));
    const socket = await tunnel(url, proxy, options);
    const createConnection = () => connectTls({ socket, servername: url.hostname });
    return await received(httpsRequest(url, { ...shared, createConnection, agent: false }));
  } catch (cause) {
    checkCalledOff(signal, `the answer of ${url.host}`);
    throw cause instanceof PackError ? cause : downloadError(url.href, wordsOf(cause), cause);
  }
}

const wordsOf = (error: unknown): string =>
  error instanceof AggregateError ? wordsOf(error.errors[0]) : error instanceof Error ? error.message : "unknown";

/** The answer of a request; rejects where none comes in time. */
function received(request: ReturnType<typeof httpRequest>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on("timeout", () => request.destroy(new Error(`nothing came for ${IDLE_MS / 1000} s`)));
    request.on("error", reject);
    request.on("response", resolve);
    request.end();
  });
}

/** The proxy of an address, by the variables that curl and others read; undefined without one, or where NO_PROXY has the host. */
function proxyFor({ protocol, hostname }: URL, env: NodeJS.ProcessEnv): URL | undefined {
  const given =
    protocol === "https:" ? (env["HTTPS_PROXY"] ?? env["https_proxy"]) : (env["HTTP_PROXY"] ?? env["http_proxy"]);
  const excepted = (env["NO_PROXY"] ?? env["no_proxy"] ?? "").split(",").map((name) => name.trim().replace(/^\./, ""));
  const isExcepted = excepted.some(
    (name) => name === "*" || (name !== "" && (hostname === name || hostname.endsWith(`.${name}`))),
  );
  if (!given || isExcepted) return undefined;
  const text = /^[a-z]+:\/\//i.test(given) ? given : `http://${given}`;
  if (URL.canParse(text) && new URL(text).protocol === "http:") return new URL(text);
  // The address of a proxy may have a password.
  throw downloadError(`${protocol}//${hostname}`, "only a proxy at http:// is used");
}

const portOf = ({ port, protocol }: URL): number => (port === "" ? (protocol === "https:" ? 443 : 80) : Number(port));

/** Name and password of a proxy's address, as it wants them. */
function credentials({ username, password }: URL): { readonly [name: string]: string } {
  if (username === "") return {};
  const words = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(words).toString("base64")}` };
}

const asOptions = ({ hostname, port, pathname, search }: URL, shared: RequestOptions): RequestOptions => ({
  ...shared,
  ...{ host: hostname.replace(/^\[|\]$/g, ""), port, path: `${pathname}${search}` },
});

/** A plain request goes to the proxy as a whole. */
function viaProxy(url: URL, proxy: URL, shared: { readonly headers: object }): RequestOptions {
  return {
    host: proxy.hostname,
    port: portOf(proxy),
    path: url.href,
    headers: { ...shared.headers, ...credentials(proxy), host: url.host },
  };
}

/** A socket through a proxy to a host (CONNECT). */
function tunnel(url: URL, proxy: URL, { signal }: HttpOptions): Promise<Socket> {
  const path = `${url.hostname}:${portOf(url)}`;
  const request = httpRequest({
    ...{ host: proxy.hostname, port: portOf(proxy), method: "CONNECT", path, timeout: IDLE_MS },
    headers: { host: path, ...credentials(proxy) },
    ...(signal && { signal }),
  });
  return new Promise((resolve, reject) => {
    request.on("timeout", () => request.destroy(new Error("the proxy did not answer")));
    request.on("error", reject);
    request.on("response", ({ statusCode }) => reject(new Error(`the proxy answered ${statusCode}`)));
    request.on("connect", ({ statusCode }, socket: Socket) => {
      if (statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(new Error(`the proxy answered ${statusCode}`));
      }
    });
    request.end();
  });
}
