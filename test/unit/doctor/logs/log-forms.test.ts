import { describe, expect, it } from "vitest";
import { LINE_FORMS, NOT_COVERED } from "../../../../src/doctor/logs/forms/forms.ts";
import { logFormsPage } from "./log-forms-page.ts";

describe("the line forms", () => {
  it("are on the page for people, word for word", async () => {
    await expect(logFormsPage()).toMatchFileSnapshot("../../../../docs/log-forms.md");
  });

  it("have a public source each, and none is a private one", () => {
    for (const { source } of LINE_FORMS)
      expect(source).toMatch(
        /community|forum|github|manual|UM\d{4}|OpenOCD|pyOCD|probe-rs|mbed|J-Link|Nordic|Keil|IAR|sourceforge|messages of Linux/i,
      );
  });

  it("are not the same twice within one tool", () => {
    const seen = LINE_FORMS.map(({ tool, pattern }) => `${tool} ${pattern.source}`);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it("list what is not covered, on the page too", () => {
    const page = logFormsPage();
    for (const { tool, what } of NOT_COVERED) expect(page).toContain(`- ${tool}: ${what}`);
  });
});
