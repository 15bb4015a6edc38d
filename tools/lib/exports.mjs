// @ts-check
import ts from "typescript";
import { lineOf } from "./sources.mjs";

/** @typedef {import("./sources.mjs").Source} Source */

/**
 * One line for each exported declaration without a doc comment. Re-exports (`export ... from`) are documented where
 * they are declared; of overloads the first counts.
 *
 * @param {readonly Source[]} sources
 * @returns {string[]}
 */
export const undocumentedExports = (sources) =>
  sources.flatMap((source) =>
    firstOfEachName(source.ast.statements.filter(isExported))
      .filter((statement) => !hasDoc(source, statement))
      .map((statement) => `${source.path}:${lineOf(source, statement)}: ${nameOf(statement)} has no doc comment`),
  );

/** @param {ts.Statement} statement */
const isExported = (statement) =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);

/** @param {readonly ts.Statement[]} statements */
const firstOfEachName = (statements) => statements.filter((statement, i) => !isOverload(statement, statements[i - 1]));

/** @param {ts.Statement} statement @param {ts.Statement | undefined} before */
const isOverload = (statement, before) =>
  before !== undefined &&
  ts.isFunctionDeclaration(statement) &&
  ts.isFunctionDeclaration(before) &&
  statement.name?.text === before.name?.text;

/** @param {Source} source @param {ts.Statement} statement */
const hasDoc = (source, statement) =>
  (ts.getLeadingCommentRanges(source.ast.text, statement.getFullStart()) ?? []).some(({ pos, end }) =>
    /^\/\*\*[\s*]*[^\s*/]/.test(source.ast.text.slice(pos, end)),
  );

/** @param {ts.Statement} statement */
function nameOf(statement) {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map((d) => d.name.getText()).join(", ");
  return /** @type {ts.DeclarationStatement} */ (statement).name?.getText() ?? "default";
}
