// @ts-check
import ts from "typescript";
import { layers, packages, pure, time } from "../layers.mjs";
import { lineOf, walk } from "./sources.mjs";

/** @typedef {import("./imports.mjs").Edge} Edge */
/** @typedef {import("./sources.mjs").Source} Source */

/** The layer that a file under `src` belongs to. @param {string} path @returns {import("../layers.mjs").Layer | undefined} */
export function layerOf(path) {
  const claims = layers.flatMap((layer) => layer.files.map((file) => ({ layer, file })));
  const fits = claims.filter(({ file }) => patternOf(file).test(path));
  return fits.sort((a, b) => b.file.length - a.file.length)[0]?.layer;
}

/** What a layer's path matches: a folder all below it, a `*` any characters but a slash. @param {string} file */
const patternOf = (file) =>
  new RegExp(`^${file.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*")}${file.endsWith("/") ? "" : "$"}`);

/**
 * One line for each edge that the layers forbid; empty when all is well. Paths are relative to `src`.
 *
 * @param {readonly Edge[]} edges
 * @returns {string[]}
 */
export const forbiddenEdges = (edges) => edges.flatMap((edge) => [...layerFault(edge), ...purityFault(edge)]);

/** @param {Edge} edge @returns {string[]} */
function layerFault(edge) {
  const from = layerOf(edge.from);
  if (!from) return [`${where(edge)}: the folder is no layer of tools/layers.mjs`];
  if (edge.external)
    return mayUsePackage(from.name, edge.to) ? [] : [`${where(edge)}: ${from.name} may not import ${edge.to}`];
  const to = layerOf(edge.to);
  return to && mayImport(from, to.name, edge.typeOnly)
    ? []
    : [`${where(edge)}: ${from.name} may not import ${edge.to}`];
}

/** @param {import("../layers.mjs").Layer} from @param {string} to @param {boolean} typeOnly */
const mayImport = (from, to, typeOnly) =>
  from.name === to || from.imports.includes(to) || (typeOnly && from.imports.includes(`${to} types`));

/** @param {string} layer @param {string} name */
const mayUsePackage = (layer, name) =>
  packages.some(
    (p) => (p.name.endsWith(":") ? name.startsWith(p.name) : isWithin(name, p.name)) && p.layers.includes(layer),
  );

/** @param {string} name @param {string} packageName */
const isWithin = (name, packageName) => name === packageName || name.startsWith(`${packageName}/`);

/** @param {Edge} edge @returns {string[]} */
function purityFault(edge) {
  const barred = /** @type {Record<string, string[] | undefined>} */ (pure.forbidden)[edge.to];
  if (!barred || !pure.files.some((file) => file.test(edge.from))) return [];
  const taken = edge.names.filter((name) => name === "*" || barred.includes(name));
  return taken.map((name) => `${where(edge)}: a pure file may not take ${name} from ${edge.to}`);
}

/**
 * One line for each use of the host's time outside the hosts.
 *
 * @param {readonly Source[]} sources
 * @returns {string[]}
 */
export function forbiddenTime(sources) {
  /** @type {string[]} */
  const faults = [];
  for (const source of sources.filter(({ path }) => !time.allowed.test(path))) {
    walk(source.ast, (node) => {
      if (!ts.isIdentifier(node) || !time.words.includes(node.text) || isOwnName(node)) return;
      faults.push(`${source.path}:${lineOf(source, node)}: ${node.text} belongs to the hosts; take a Clock`);
    });
  }
  return faults;
}

/** Whether an identifier only names a member of ours: `report.Date`, `{ Date: 1 }`. @param {ts.Identifier} node */
function isOwnName(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent))
    return parent.name === node && parent.expression.getText() !== "globalThis";
  const isMember =
    ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent);
  return (isMember || ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent)) && parent.name === node;
}

/** @param {Edge} edge */
const where = (edge) => `${edge.from}:${edge.line}`;
