import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatFigure, formatTable } from "./table.ts";

describe("formatTable", () => {
  test("aligns the label left and figures right under a dashed line", () => {
    assert.equal(
      formatTable(["target", "c1", "c64"], [["direct", "41,000", "1"], ["nginx", "9", "120,000"]]),
      [
        "target      c1      c64",
        "------  ------  -------",
        "direct  41,000        1",
        "nginx        9  120,000",
      ].join("\n"),
    );
  });

  test("fills short rows and leaves no space at line ends", () => {
    assert.equal(formatTable(["a", "b"], [["long label"]]), "a           b\n----------  -\nlong label");
  });

  test("stands with a head alone", () => assert.equal(formatTable(["a", "bc"], []), "a  bc\n-  --"));
});

describe("formatFigure", () => {
  const cases: readonly [number | undefined, string][] = [
    [undefined, "-"],
    [Number.NaN, "-"],
    [0, "0.00"],
    [0.566, "0.57"],
    [-0.021, "-0.02"],
    [9.996, "10.00"],
    [12.34, "12.3"],
    [123.4, "123"],
    [31_250.4, "31,250"],
  ];
  for (const [value, expected] of cases) {
    test(`${value} is written ${expected}`, () => assert.equal(formatFigure(value), expected));
  }
});
