import { describe, expect, it } from "vitest";
import { Roads } from "../src/state/roads";

describe("where a page finds its session", () => {
  it("tries the other nodes and its own address in turn when nobody answers", () => {
    const roads = new Roads();
    roads.at = "http://one";
    roads.arrived(["http://one", "http://two"]);
    expect(roads.next()).toBe("http://two");
    const later = [roads.next(), roads.next(), roads.next(), roads.next()];
    expect(new Set(later)).toEqual(new Set(["http://one", "http://two", ""]));
  });

  it("follows a node that sends it on, and not for ever", () => {
    const roads = new Roads();
    const followed = ["a", "b", "c", "d", "e"].map((name) => roads.sentTo(`http://${name}`));
    expect(followed).toEqual([true, true, true, true, false]);
    expect(roads.at).toBe("");
    expect(roads.sentTo("http://f")).toBe(true);
  });

  it("asks where it came from when it knows of nobody else", () => {
    const roads = new Roads();
    expect(roads.next()).toBe("");
  });
});
