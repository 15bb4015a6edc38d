// @ts-check
// The package's public entries as text: each exported name with its declaration, and which members lack a docstring.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { inProject } from "./project.mjs";

/** @typedef {{ name: string, file: string, source: readonly ts.Statement[], text: string }} PublicName */

/** The entries that programs import. */
export const ENTRIES = { flashproof: "src/entry/node.ts", "flashproof (browser)": "src/entry/browser.ts" };

/** The committed report: names in order, comments left out. @returns {string} */
export const apiReport = () =>
  Object.entries(ENTRIES)
    .map(([title, entry]) => {
      const names = [...publicNames(entry)].sort((a, b) => (a.name < b.name ? -1 : 1));
      return [`# ${title}`, ...names.map(({ text }) => text)].join("\n\n");
    })
    .join("\n\n")
    .concat("\n");

/** `file: Name.member` for each public member of an exported type or class without a docstring. @returns {string[]} */
export function undocumentedMembers() {
  const all = Object.values(ENTRIES).flatMap((entry) => publicNames(entry));
  const found = all.flatMap(({ name, file, source }) =>
    source.flatMap((statement) =>
      membersOf(statement)
        .filter((member) => !hasDoc(member))
        .map((member) => `${file}: ${name}.${member.name?.getText()}`),
    ),
  );
  return [...new Set(found)];
}

/** @param {string} entry @returns {PublicName[]} */
function publicNames(entry) {
  const { statements } = parsed(entry);
  const own = statements.filter(isExported).flatMap((statement) => namesIn(statement));
  const passedOn = statements.filter(ts.isExportDeclaration).flatMap((statement) => {
    if (!statement.exportClause || !ts.isNamedExports(statement.exportClause)) return [];
    const from = /** @type {ts.StringLiteral} */ (statement.moduleSpecifier).text;
    const file = join(dirname(entry), from);
    return statement.exportClause.elements.map((element) => publicName(element.name.text, file));
  });
  return [...new Set(own)].map((name) => publicName(name, entry)).concat(passedOn);
}

/** @param {string} name @param {string} file @returns {PublicName} */
function publicName(name, file) {
  const declares = (/** @type {ts.Statement} */ statement) =>
    isExported(statement) && namesIn(statement).includes(name);
  const source = parsed(file).statements.filter(declares);
  if (source.length === 0) throw new Error(`${file} declares no ${name}`);
  const printed = declarations(file).statements.filter(declares);
  return { name, file, source, text: printed.map((statement) => statement.getText()).join("\n") };
}

/** @type {Map<string, ts.SourceFile>} */
const kept = new Map();

/** @param {string} file */
const parsed = (file) => once(file, () => readFileSync(inProject(file), "utf8"));

/** What the compiler declares for one file by itself; comments and private members are gone. @param {string} file */
const declarations = (file) =>
  once(`${file}: declared`, () => {
    const { outputText } = ts.transpileDeclaration(readFileSync(inProject(file), "utf8"), {
      fileName: file,
      compilerOptions: { target: ts.ScriptTarget.ES2022, removeComments: true, stripInternal: true },
    });
    // Only what the report prints has to be annotated: the texts of other names are not looked at.
    return outputText;
  });

/** @param {string} key @param {() => string} text @returns {ts.SourceFile} */
function once(key, text) {
  const source = kept.get(key) ?? ts.createSourceFile(`${key}.ts`, text(), ts.ScriptTarget.ES2022, true);
  kept.set(key, source);
  return source;
}

/** @param {ts.Statement} statement */
const isExported = (statement) =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** @param {ts.Statement} statement @returns {string[]} */
function namesIn(statement) {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map((d) => d.name.getText());
  const { name } = /** @type {ts.DeclarationStatement} */ (statement);
  return name ? [name.getText()] : [];
}

/** @param {ts.Statement} statement @returns {readonly (ts.TypeElement | ts.ClassElement)[]} */
function membersOf(statement) {
  if (ts.isInterfaceDeclaration(statement)) return statement.members;
  if (!ts.isClassDeclaration(statement)) return [];
  return statement.members.filter(
    (member) =>
      !ts.isConstructorDeclaration(member) &&
      !(ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)),
  );
}

/** @param {ts.Node} node */
const hasDoc = (node) => ts.getJSDocCommentsAndTags(node).length > 0;
