import { resolve } from "node:path";
import type { BrowserContext } from "playwright-core";
import { rolldown } from "rolldown";
import { GRANT, PLUG, type StubOptions } from "./stub-options.ts";

let bundled: Promise<string> | undefined;

/** The stub as one script. */
async function bundle(): Promise<string> {
  const made = await rolldown({ input: resolve("test/web/stub/worker-stub.ts"), treeshake: true });
  const { output } = await made.generate({ format: "iife" });
  await made.close();
  return output[0].code;
}

/** Has every page of a context see the stub's devices: its worker by its script, the page by `requestDevice`. */
export async function stubDevices(context: BrowserContext, options: StubOptions): Promise<void> {
  bundled ??= bundle();
  const stub = `globalThis.STUB = ${JSON.stringify(options)};\n${await bundled}\n`;
  await context.route(/\/worker-[\w-]+\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: stub + (await response.text()) });
  });
  await context.addInitScript(grantOnRequest, { grant: GRANT, isHid: options.api === "hid" });
}

declare const navigator: { readonly userActivation: { readonly isActive: boolean } };
declare const caches: { open(name: string): Promise<unknown> };

/** In the page: a person who chooses the first device that is offered. */
function grantOnRequest({ grant, isHid }: { readonly grant: string; readonly isHid: boolean }): void {
  const api = (isHere: boolean) =>
    Object.assign(new EventTarget(), {
      getDevices: async () => [],
      requestDevice: async ({ filters }: { readonly filters: readonly object[] }) => {
        if (!Array.isArray(filters)) throw new TypeError("filters is required");
        if (!navigator.userActivation.isActive) throw new DOMException("No user gesture", "SecurityError");
        if (!isHere && !isHid) return [];
        if (!isHere) throw new DOMException("No device selected.", "NotFoundError");
        await caches.open(grant);
        return isHid ? [{}] : {};
      },
    });
  Object.defineProperty(navigator, "usb", { value: api(!isHid) });
  Object.defineProperty(navigator, "hid", { value: api(isHid) });
}

/** Pulls the plug of the stub's devices in every page of the context. */
export const PULL_THE_PLUG = `new BroadcastChannel("${PLUG}").postMessage("pulled")`;
