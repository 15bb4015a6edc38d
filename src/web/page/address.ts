import { exampleImage, file, takeFile, VIEWS, view } from "./state.ts";

/** Files that the page brings with it, by their name in the address: `#example=seed`. */
const EXAMPLES: { readonly [name: string]: { readonly url: URL; readonly file: string; readonly chip: string } } = {
  seed: {
    url: new URL("../../../examples/seed/verify-failed.log.txt", import.meta.url),
    file: "verify-failed.log.txt",
    chip: "MK24FN1M0xxx12",
  },
  bootloader: {
    url: new URL("../../../examples/k24-bootloader/bootloader.hex", import.meta.url),
    file: "bootloader.hex",
    chip: "MK24FN1M0xxx12",
  },
};

/** Shows what the address asks for: a view (`#plan`), or an example (`#example=seed`, `#rehearse&example=bootloader`). */
export async function openAddress(): Promise<void> {
  const words = new URLSearchParams(location.hash.slice(1));
  const asked = VIEWS.find((name) => words.has(name));
  view.value = asked ?? "explain";
  const example = EXAMPLES[words.get("example") ?? ""];
  if (!example) return;
  await takeFile(example.file, () => fetched(example.url), example.chip);
  if (words.get("example") !== "seed") return;
  const about = file.value;
  const { url, file: name } = EXAMPLES.bootloader;
  const bytes = await fetched(url).catch(() => undefined);
  if (bytes && about === file.value) exampleImage.value = { name, bytes: new Uint8Array(bytes) };
}

async function fetched(url: URL): Promise<ArrayBuffer> {
  const response = await fetch(url);
  return response.ok ? response.arrayBuffer() : Promise.reject(new Error(response.statusText));
}
