import { computed, signal } from "@preact/signals";
import { later } from "../clock.ts";
import { backend } from "../board/backend.ts";
import { busy, isBoardAtWork } from "../state.ts";

/** Whether this browser keeps the page for use without a network. */
export const isKept = signal(false);

/** A newer build that is kept beside this one and not in use yet. */
export const newer = signal<ServiceWorker | undefined>(undefined);

/** Another page of this browser is open, so that the newer build can't be taken into use. */
export const isHeldBack = signal(false);

/** Whether the newer build may be taken into use: never under a job. */
export const mayUpdate = computed(() => newer.value !== undefined && busy.value === undefined && !isBoardAtWork.value);

/** How long a service worker has for its answer, in milliseconds. */
const ANSWER_MS = 5_000;

/**
 * Has the browser keep this build. The page of `fp ui` comes from this machine each time, and drops what a static copy
 * at the same address has left. A browser that keeps nothing shows the page all the same.
 */
export async function keepPage(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  try {
    if (backend === "machine") await dropKept(serviceWorker);
    else if (import.meta.env.MODE === "production") await watch(await serviceWorker.register("./sw.js"));
  } catch {
    isKept.value = false;
  }
}

/** Where the copy has answered in place of `fp ui`, the page is loaded again: it may be an older build. */
async function dropKept(serviceWorker: ServiceWorkerContainer): Promise<void> {
  const { controller } = serviceWorker;
  const registrations = await serviceWorker.getRegistrations();
  const dropped = await Promise.all(registrations.map((registration) => registration.unregister()));
  const own = (await caches.keys()).filter((name) => name.startsWith("flashproof "));
  await Promise.all(own.map((name) => caches.delete(name)));
  if (controller && dropped.includes(true)) location.reload();
}

async function watch(registration: ServiceWorkerRegistration): Promise<void> {
  registration.addEventListener("updatefound", () => follow(registration, registration.installing));
  follow(registration, registration.installing ?? registration.waiting);
  await navigator.serviceWorker.ready;
  isKept.value = true;
}

/** Shows a build once it is there as a whole, unless it is the first. */
function follow({ active }: ServiceWorkerRegistration, worker: ServiceWorker | null): void {
  const look = () => {
    if (worker?.state === "installed" && active) newer.value = worker;
    else if (newer.value === worker) newer.value = undefined;
  };
  worker?.addEventListener("statechange", look);
  look();
}

/** Takes the newer build into use and loads the page again; from then on no job begins here. */
export async function update(): Promise<void> {
  const worker = newer.value;
  if (!worker || !mayUpdate.value) return;
  isBoardAtWork.value = true;
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  const isTaken = await asked(worker);
  isHeldBack.value = !isTaken;
  // Where it is taken the page is loaded again; a browser that does not get that far gives the page back.
  if (isTaken) later(ANSWER_MS, () => (isBoardAtWork.value = false));
  else isBoardAtWork.value = false;
}

/** Whether the service worker takes over. */
function asked(worker: ServiceWorker): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const inTime = later(ANSWER_MS, () => resolve(false));
    port1.onmessage = ({ data }: MessageEvent<unknown>) => {
      inTime();
      resolve(data === true);
    };
    worker.postMessage("update", [port2]);
  });
}
