import assert from "node:assert/strict";
import { test } from "node:test";
import { Slots } from "./slots.ts";

/** A task that ends when it is told to. */
function task(name: string, log: string[]) {
  let end = (_error?: Error) => {};
  const ended = new Promise<void>((resolve, reject) =>
    end = (error) => error === undefined ? resolve() : reject(error)
  );
  return {
    end: (error?: Error) => end(error),
    run: async () => {
      log.push(`${name} starts`);
      await ended;
      log.push(`${name} ends`);
      return name;
    },
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("a task that goes on without its slot keeps nobody waiting, and gives it back only once", async () => {
  const slots = new Slots(1);
  const log: string[] = [];
  const [a, b, c] = [task("a", log), task("b", log), task("c", log)];
  const first = slots.run((leave) => {
    leave();
    leave();
    return a.run();
  });
  const all = [first, slots.run(b.run), slots.run(c.run)];
  await settle();
  assert.deepEqual(log, ["a starts", "b starts"]);
  a.end();
  await settle();
  assert.deepEqual(log.slice(2), ["a ends"]);
  b.end();
  c.end();
  assert.deepEqual(await Promise.all(all), ["a", "b", "c"]);
});

test("Slots runs as many tasks at once as there are slots, and the others in order", async () => {
  const slots = new Slots(2);
  const log: string[] = [];
  const [a, b, c, d] = [task("a", log), task("b", log), task("c", log), task("d", log)];
  const all = [a, b, c, d].map((one) => slots.run(one.run));
  await settle();
  assert.deepEqual(log, ["a starts", "b starts"]);
  b.end();
  await settle();
  assert.deepEqual(log.slice(2), ["b ends", "c starts"]);
  a.end();
  c.end();
  d.end();
  assert.deepEqual(await Promise.all(all), ["a", "b", "c", "d"]);

  log.length = 0;
  const later = [task("e", log), task("f", log), task("g", log)];
  const rest = later.map((one) => slots.run(one.run));
  await settle();
  assert.deepEqual(log, ["e starts", "f starts"]);
  for (const one of later) one.end();
  await Promise.all(rest);
});

test("Slots frees the slot of a task that fails", async () => {
  const slots = new Slots(1);
  const log: string[] = [];
  const [a, b] = [task("a", log), task("b", log)];
  const first = slots.run(a.run);
  const second = slots.run(b.run);
  a.end(new Error("no"));
  await assert.rejects(first, /no/);
  b.end();
  assert.equal(await second, "b");
  assert.equal(await slots.run(() => Promise.resolve("c")), "c");
});
