import { describe, expect, it } from "vitest";
import {
  isTable,
  listIn,
  maybeNumber,
  numberIn,
  type PlainValue,
  placeOf,
  textIn,
} from "../../../src/packs/plain-value.ts";

const place = (field: PlainValue) => placeOf({ field }, "a thing");
const refused = (text: string, details: object = { reason: "field", field: "field" }) =>
  expect.objectContaining({ code: "pack-invalid", message: text, details });

describe("a table of a file", () => {
  it("is one by its keys, not a list, a text or nothing", () => {
    expect([{}, { a: 1 }].map((value) => isTable(value as PlainValue))).toEqual([true, true]);
    expect(([[], null, "a", 1, true, undefined] as const).map(isTable)).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(() => placeOf([], "a thing")).toThrow(refused("a thing is no table", { reason: "field" }));
  });

  it("has texts", () => {
    expect(textIn(place("x"), "field")).toBe("x");
    for (const value of [1, null, {}])
      expect(() => textIn(place(value), "field")).toThrow(refused("a thing: field is no text"));
    expect(() => textIn(place("x"), "other")).toThrow(expect.objectContaining({ code: "pack-invalid" }));
  });

  it("has whole numbers from 0 on, or none", () => {
    expect([0, 5, null].map((value) => maybeNumber(place(value), "field"))).toEqual([0, 5, undefined]);
    expect(maybeNumber(place(5), "other")).toBeUndefined();
    for (const value of [-1, 1.5, 2 ** 53, "5"])
      expect(() => maybeNumber(place(value), "field")).toThrow(refused("a thing: field is no whole number"));
  });

  it("has numbers that have to be there", () => {
    expect(numberIn(place(0), "field")).toBe(0);
    expect(() => numberIn(place(null), "field")).toThrow(refused("a thing has no field"));
  });

  it("has lists, empty ones where they are absent", () => {
    expect([listIn(place([1, "a"]), "field"), listIn(place(null), "field"), listIn(place(1), "other")]).toEqual([
      [1, "a"],
      [],
      [],
    ]);
    expect(() => listIn(place("a"), "field")).toThrow(refused("a thing: field is no list"));
  });
});
