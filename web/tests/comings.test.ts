import { expect, it } from "vitest";
import { Comings } from "../src/state/comings";

it("says what comes, and not again within a minute however often it goes and comes", () => {
  const comings = new Comings();
  expect(comings.news(["b"], 0)).toEqual(["b"]);
  expect(comings.news(["b", "c"], 1_000)).toEqual(["c"]);
  expect(comings.news([], 2_000)).toEqual([]);
  expect(comings.news(["b"], 59_999)).toEqual([]);
  expect(comings.news([], 60_000)).toEqual([]);
  expect(comings.news(["c", "b"], 60_500)).toEqual(["b"]);
  expect(comings.news(["c", "b"], 200_000)).toEqual([]); // there all the time
});
