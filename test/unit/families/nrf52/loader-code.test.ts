import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMON_WORDS } from "../../../../src/flash/ram-mailbox.ts";
import { COMMAND, LAYOUT, MAILBOX } from "../../../../src/families/nrf52/mailbox.ts";
import { NRF52_LOADER } from "../../../../src/families/nrf52/nrf52-code.ts";

const source = readFileSync("target/nrf52-loader/loader.c", "utf8");

describe("the nRF52's loader in RAM", () => {
  it("fits before its mailbox", () => {
    expect(NRF52_LOADER.length / 2).toBeLessThanOrEqual(LAYOUT.mailbox);
  });

  it("counts its commands as the host does", () => {
    const names = /enum command \{ ([^}]*) \}/.exec(source)?.[1].split(", ") ?? [];
    expect(Object.fromEntries(names.map((name, i) => [name, i]))).toEqual(COMMAND);
  });

  it("has the mailbox's words where the host has them", () => {
    const fields = [...source.matchAll(/^\tvolatile u32 (\w+);/gm)].map((field) => field[1].replaceAll("_", ""));
    expect(fields.map((field, i) => [field, 4 * i])).toEqual(
      Object.entries({ ...COMMON_WORDS, ...MAILBOX }).map(([word, at]) => [word.toLowerCase(), at]),
    );
  });
});
