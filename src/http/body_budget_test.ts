import assert from "node:assert/strict";
import { test } from "node:test";
import { OllaError } from "../errors.ts";
import { BodyBudget } from "./body_budget.ts";

function isOverloaded(error: unknown): boolean {
  return error instanceof OllaError && error.code === "overloaded" && error.headers["Retry-After"] !== undefined;
}

test("a body beyond the budget is refused, with a time to come back", () => {
  const budget = new BodyBudget(100);
  budget.reserve(60);
  assert.throws(() => budget.reserve(41), isOverloaded);
  assert.equal(budget.used, 60);
});

test("what has been given back can be taken again, and is given back once", () => {
  const budget = new BodyBudget(100);
  const reservation = budget.reserve(60);
  reservation.grow(40);
  assert.throws(() => reservation.grow(1), isOverloaded);
  reservation.release();
  reservation.release();
  assert.equal(budget.used, 0);
  budget.reserve(100);
});

test("what is only announced takes nothing, and no more than a quarter may be announced", () => {
  const budget = new BodyBudget(100);
  assert.equal(budget.announce(25), true);
  assert.equal(budget.announce(1), false);
  assert.equal(budget.used, 0);
  budget.announce(-25);
  assert.equal(budget.announce(1), true);
});

test("0 sets no bound", () => {
  new BodyBudget(0).reserve(Number.MAX_SAFE_INTEGER);
});
