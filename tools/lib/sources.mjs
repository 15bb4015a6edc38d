// @ts-check
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import ts from "typescript";

/**
 * One parsed source file.
 *
 * @typedef {object} Source
 * @property {string} path relative to the tree's top, with `/`
 * @property {import("typescript").SourceFile} ast
 */

/** All TypeScript files under a folder, parsed, sorted by path. @param {string} top @returns {Source[]} */
export function readSources(top) {
  return filesUnder(top)
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => ({ path, ast: parse(path, readFileSync(join(top, path), "utf8")) }));
}

/** Parses one text, keeping parents, as every check needs. @param {string} path @param {string} text */
export const parse = (path, text) => ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);

/**
 * Paths of all files under a folder, relative to it, with `/`, sorted.
 *
 * @param {string} top
 * @param {(name: string) => boolean} [skip] names of files and folders to leave out
 * @returns {string[]}
 */
export function filesUnder(top, skip = () => false) {
  const found = [];
  const queue = [top];
  for (let folder = queue.pop(); folder !== undefined; folder = queue.pop()) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (skip(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) queue.push(path);
      else found.push(relative(top, path).split(sep).join("/"));
    }
  }
  return found.sort();
}

/** Calls `visit` for a node and everything in it. @param {import("typescript").Node} node @param {(node: import("typescript").Node) => void} visit */
export function walk(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** The line of a node, from 1. @param {Source} source @param {import("typescript").Node} node */
export const lineOf = (source, node) => source.ast.getLineAndCharacterOfPosition(node.getStart(source.ast)).line + 1;
