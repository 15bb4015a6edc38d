// @ts-check
// `npm run web`: serves the page on 127.0.0.1. `npm run web:build`: makes it as static files in dist/page.
import { build, createServer } from "vite";
import { inProject } from "./lib/project.mjs";

const PORT = 5173;

/** @type {import("vite").InlineConfig} */
const config = {
  configFile: false,
  root: inProject("src", "web"),
  base: "./",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
  server: { host: "127.0.0.1", port: PORT, fs: { allow: [inProject(".")] } },
};

/** Makes the static files in a folder. @param {string} [outDir] */
export const buildPage = (outDir = inProject("dist", "page")) =>
  build({ ...config, logLevel: "warn", build: { ...config.build, outDir } });

const [word] = process.argv.slice(2);
if (word === "serve") {
  const server = await createServer(config);
  await server.listen();
  server.printUrls();
}
if (word === "build") await buildPage();
