import { describe, expect, it } from "vitest";
import { CLI_WORDS, inCliWords } from "../../../src/report/advice-words.ts";
import { familyWords } from "../../../src/commander/words/family-words.ts";
import { VERBS } from "../../../src/cli/verbs.ts";
import { COMMANDER_WORDS, inCommanderWords } from "../../../src/commander/words/advice-words.ts";
import { ACTS, type ActEntry } from "../../../src/doctor/advice-acts.ts";
import { advise } from "../../../src/doctor/advise.ts";

const entries: readonly (readonly [string, ActEntry])[] = Object.entries(ACTS);
const hosts: readonly (readonly [string, { readonly [act: string]: string }])[] = [
  ["the command line", CLI_WORDS],
  ["the Commander", COMMANDER_WORDS],
];

const namesIn = (text: string): readonly string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

describe("acts", () => {
  it("have a sentence of their own only where it names no host's verb, flag or command", () => {
    const ours = new RegExp(
      `flashproof (${VERBS.map(({ name }) => name).join("|")})\\b|--(?!reverse-bytes)\\w|\\bexec\\b`,
    );
    for (const [act, { sentence = "" }] of entries) expect(`${act}: ${sentence}`).not.toMatch(ours);
  });

  it.each(hosts)("are spelled in sentences by %s", (_, words) => {
    const texts = entries.map(([act, { sentence }]) => sentence ?? words[act]);
    for (const text of texts) expect(text).toMatch(/^(\p{Lu}|flashproof|\?|w1|r and g).*[.?]$/su);
  });

  it.each(hosts)("are spelled by %s with no argument that the act does not have", (_, words) => {
    for (const [act, { sentence, arguments: names = [] }] of entries) {
      const known = [...names, ...Object.keys(familyWords(undefined))];
      const foreign = namesIn(sentence ?? words[act]).filter((name) => !known.includes(name));
      expect([act, ...foreign]).toEqual([act]);
    }
  });

  it.each(hosts)("are not spelled by %s where one sentence fits every host", (_, words) => {
    const twice = entries.filter(([act, { sentence }]) => sentence !== undefined && act in words);
    expect(twice.map(([act]) => act)).toEqual([]);
  });
});

describe("spelling", () => {
  it("gives the same act in each host's own words, with its arguments", () => {
    const token = "irrev-lock-for-ever-01234567";
    const advice = advise("give-token", { token });
    expect(inCliWords(advice)).toBe(
      `If you mean it: --allow-irreversible ${token}. It fits this image, this act and this chip only.`,
    );
    expect(inCommanderWords(advice)).toBe(
      `If you mean it: exec AllowIrreversible = ${token}. It fits this image, this act and this chip only.`,
    );
  });

  it("leaves braces in the value of an argument as they are", () => {
    expect(inCliWords(advise("name-link-target", { to: "a{token}b" }))).toContain("(a{token}b)");
  });
});
