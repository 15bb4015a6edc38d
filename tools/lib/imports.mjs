// @ts-check
import { posix } from "node:path";
import ts from "typescript";
import { lineOf, walk } from "./sources.mjs";

/**
 * One import, export-from or `import()`.
 *
 * @typedef {object} Edge
 * @property {string} from path of the importing file
 * @property {number} line
 * @property {string} to path of the imported file, or a package's name
 * @property {boolean} external whether `to` is a package
 * @property {boolean} typeOnly whether nothing of it is left when the program runs
 * @property {readonly string[]} names what is imported; `*` for all of it
 */

/** @typedef {import("./sources.mjs").Source} Source */

/** Every edge of a tree of sources. @param {readonly Source[]} sources @returns {Edge[]} */
export const importEdges = (sources) => sources.flatMap(edgesOf);

/** @param {Source} source @returns {Edge[]} */
function edgesOf(source) {
  /** @type {Edge[]} */
  const edges = [];
  walk(source.ast, (node) => {
    const found = importOf(node, source.ast);
    if (!found) return;
    const external = !found.specifier.startsWith(".");
    const to = external ? found.specifier : posix.join(posix.dirname(source.path), found.specifier);
    edges.push({
      from: source.path,
      line: lineOf(source, node),
      to,
      external,
      typeOnly: found.typeOnly,
      names: found.names,
    });
  });
  return edges;
}

/**
 * @param {ts.Node} node
 * @param {ts.SourceFile} file
 * @returns {{ specifier: string, typeOnly: boolean, names: readonly string[] } | undefined}
 */
function importOf(node, file) {
  if (ts.isImportDeclaration(node)) return declared(node.moduleSpecifier, importClause(node.importClause));
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return declared(node.moduleSpecifier, exportClause(node));
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return declared(node.argument.literal, { typeOnly: true, names: [node.qualifier?.getText() ?? "*"] });
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { specifier: loadedBy(node.arguments[0], file), typeOnly: false, names: ["*"] };
  }
  return undefined;
}

/**
 * What an `import()` loads. An optional package is named by a constant, so that nobody resolves it where it is not
 * installed; what can't be told at all is a module that no layer may import.
 *
 * @param {ts.Node} argument
 * @param {ts.SourceFile} file
 */
function loadedBy(argument, file) {
  if (ts.isStringLiteralLike(argument)) return argument.text;
  const constants = file.statements.flatMap((s) =>
    ts.isVariableStatement(s) ? [...s.declarationList.declarations] : [],
  );
  const value = constants.find(({ name }) => name.getText() === argument.getText())?.initializer;
  return value && ts.isStringLiteralLike(value) ? value.text : `import(${argument.getText()})`;
}

/** @param {ts.Node | undefined} specifier @param {{ typeOnly: boolean, names: readonly string[] }} what */
const declared = (specifier, what) =>
  specifier && ts.isStringLiteralLike(specifier) ? { specifier: specifier.text, ...what } : undefined;

/** @param {ts.ImportClause | undefined} clause */
function importClause(clause) {
  const named = clause?.namedBindings;
  const elements = named && ts.isNamedImports(named) ? [...named.elements] : undefined;
  const typeOnly = clause?.isTypeOnly || (!clause?.name && onlyTypes(elements));
  return { typeOnly: typeOnly === true, names: namesOf(elements) };
}

/** @param {ts.ExportDeclaration} node */
function exportClause(node) {
  const clause = node.exportClause;
  const elements = clause && ts.isNamedExports(clause) ? [...clause.elements] : undefined;
  return { typeOnly: node.isTypeOnly || onlyTypes(elements), names: namesOf(elements) };
}

/** @typedef {readonly (ts.ImportSpecifier | ts.ExportSpecifier)[] | undefined} Elements */

/** @param {Elements} elements */
const onlyTypes = (elements) => elements !== undefined && elements.length > 0 && elements.every((e) => e.isTypeOnly);

/** @param {Elements} elements */
const namesOf = (elements) => elements?.map((element) => (element.propertyName ?? element.name).text) ?? ["*"];

/**
 * Groups of files that import each other in a circle (Tarjan's strongly connected components), type imports included.
 *
 * @param {readonly Edge[]} edges
 * @returns {string[][]}
 */
export function importCycles(edges) {
  const graph = graphOf(edges);
  /** @type {Map<string, { index: number, low: number, open: boolean }>} */
  const seen = new Map();
  /** @type {string[]} */
  const stack = [];
  /** @type {string[][]} */
  const cycles = [];

  const visit = (/** @type {string} */ file) => {
    const mine = { index: seen.size, low: seen.size, open: true };
    seen.set(file, mine);
    stack.push(file);
    for (const next of graph.get(file) ?? []) {
      const theirs = seen.get(next);
      if (theirs?.open) mine.low = Math.min(mine.low, theirs.index);
      else if (!theirs) mine.low = Math.min(mine.low, visit(next));
    }
    if (mine.low === mine.index) close(file);
    return mine.low;
  };

  const close = (/** @type {string} */ file) => {
    const group = stack.splice(stack.indexOf(file));
    for (const member of group) /** @type {{ open: boolean }} */ (seen.get(member)).open = false;
    if (group.length > 1 || graph.get(file)?.has(file)) cycles.push(group);
  };

  for (const file of graph.keys()) if (!seen.has(file)) visit(file);
  return cycles;
}

/** @param {readonly Edge[]} edges @returns {Map<string, Set<string>>} */
function graphOf(edges) {
  const graph = new Map();
  for (const { from, to, external } of edges) {
    if (!graph.has(from)) graph.set(from, new Set());
    if (!external) graph.get(from).add(to);
  }
  return graph;
}
