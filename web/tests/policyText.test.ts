import { describe, expect, it } from "vitest";
import { asNextVersion, nameOf, withParameter } from "../src/state/policyText";

const OURS = `# Ours.
name: harbour
version: 3

parameters:
  card_after: 12 min # buses
  no_show_after: 20 min

clauses:
  - id: H1
    before: J9
`;

describe("a policy's text", () => {
  it("keeps what a person wrote beside a number", () => {
    const text = withParameter(OURS, "card_after", "8 min");
    expect(text).toContain("  card_after: 8 min # buses\n");
    expect(text).toContain("# Ours.");
    expect(text).toContain("  no_show_after: 20 min");
  });

  it("takes a new number under the others, or begins their list before the clauses", () => {
    expect(withParameter(OURS, "first_nudge", "1 min")).toContain("parameters:\n  first_nudge: 1 min\n  card_after");
    expect(withParameter("name: ours\nversion: 1\n", "first_nudge", "1 min")).toBe("name: ours\nversion: 1\n\nparameters:\n  first_nudge: 1 min\n");
    const before = withParameter("name: o\nversion: 1\nclauses:\n  - id: H1\n", "first_nudge", "1 min");
    expect(before).toBe("name: o\nversion: 1\nparameters:\n  first_nudge: 1 min\n\nclauses:\n  - id: H1\n");
  });

  it("names its version, and the next one", () => {
    expect(nameOf(OURS)).toBe("harbour@3");
    expect(nameOf(asNextVersion(OURS))).toBe("harbour@4");
    expect(nameOf("version: 1")).toBeNull();
  });
});
