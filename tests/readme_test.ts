import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import packageJson from "../package.json" with { type: "json" };
import { parseArguments } from "../src/cli/arguments.ts";
import { formatIssue } from "../src/config/issues.ts";
import { loadConfigText } from "../src/config/load.ts";
import { loadProfiles } from "../src/config/profile_load.ts";
import { ROOT } from "./support/olla_process.ts";

const PAGES = ["README.md", "CONTRIBUTING.md", "docs/dependencies.md"];
const read = (page: string) => readFileSync(join(ROOT, page), "utf8");
const readme = read("README.md");

/** The code blocks of a kind. */
function blocks(kind: string): string[] {
  return [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, word, text = ""]) =>
    word === kind ? [text] : []
  );
}

describe("the README", () => {
  const { profiles } = loadProfiles({ dirs: [], readDir: () => undefined, readFile: () => "" });
  for (const yaml of blocks("yaml")) {
    test(`its config loads without a word: ${yaml.slice(0, 40).trim().replace(/\s+/g, " ")}…`, () => {
      const sources = { cwd: ROOT, env: { LITELLM_KEY: "sk-1" }, profiles, readFile: () => "", strict: true };
      const result = loadConfigText(yaml, "README.md", sources);
      const issues = result.kind === "ok" ? result.warnings : result.issues;
      assert.deepEqual(issues.map(formatIssue), []);
      assert.equal(result.kind, "ok");
    });
  }

  const commands = blocks("sh").flatMap((block) => block.split("\n")).filter((line) =>
    /^(npx|bun|\.\/dist)/.test(line)
  );
  for (const command of commands) {
    test(`its command works: ${command}`, () => {
      const olla = /^(?:npx -y bun@1\.4\.5 run start|\.\/dist\/olla)(.*)$/.exec(command);
      if (olla !== null) {
        assert.notEqual(parseArguments((olla[1] ?? "").split(" ").filter((arg) => arg !== "")).kind, "print");
      } else {
        const script = /^npx -y bun@1\.4\.5 run (\w+)$/.exec(command)?.[1] ?? "";
        assert.ok(script in packageJson.scripts, command);
      }
    });
  }

  test("shows the two commands that everything begins with", () => {
    assert.ok(commands.includes("npx -y bun@1.4.5 run start"));
    assert.ok(commands.includes("npx -y bun@1.4.5 run test"));
  });
});

for (const page of PAGES) {
  test(`${page} links to files that exist`, () => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link = ""]) => link);
    assert.deepEqual(links.filter((link) => !existsSync(join(ROOT, page, "..", link))), []);
  });
}

test("docs/dependencies.md has a line for each dependency, and no other", () => {
  const [taken = ""] = read("docs/dependencies.md").split("## Looked at");
  const listed = [...taken.matchAll(/^\| `([^`]+)`/gm)].map(([, name = ""]) => name);
  const { dependencies, devDependencies } = packageJson;
  assert.deepEqual(listed.toSorted(), Object.keys({ ...dependencies, ...devDependencies }).toSorted());
});
