// @ts-check
import ts from "typescript";
import { lineOf, walk } from "./sources.mjs";

/** @typedef {import("./sources.mjs").Source} Source */
/** @typedef {{ path: string, line: number, name: string, lines: number }} MeasuredFunction */

/**
 * Every declared function, method, accessor and named arrow function that has a body, with its length in lines
 * (signature and closing brace included, doc comment not).
 *
 * @param {readonly Source[]} sources
 * @returns {MeasuredFunction[]}
 */
export function measureFunctions(sources) {
  /** @type {MeasuredFunction[]} */
  const found = [];
  for (const source of sources) {
    walk(source.ast, (node) => {
      const name = functionName(node);
      if (name !== undefined)
        found.push({ path: source.path, line: lineOf(source, node), name, lines: linesOf(source, node) });
    });
  }
  return found;
}

/** @param {ts.Node} node */
function functionName(node) {
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isAccessor(node)) {
    return node.body ? (node.name?.getText() ?? "default") : undefined;
  }
  const isNamed = ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node);
  return isNamed && node.initializer && isFunction(node.initializer) ? node.name.getText() : undefined;
}

/** @param {ts.Expression} node */
const isFunction = (node) => ts.isArrowFunction(node) || ts.isFunctionExpression(node);

/** @param {Source} source @param {ts.Node} node */
const linesOf = (source, node) =>
  source.ast.getLineAndCharacterOfPosition(node.getEnd()).line - lineOf(source, node) + 2;

/** The value below or at which `share` of all values lie (nearest rank); 0 of none. @param {readonly number[]} values @param {number} share */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
