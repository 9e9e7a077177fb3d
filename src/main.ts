#!/usr/bin/env bun
import { launchGateway } from "./cli/launch.ts";

// Before anything else is loaded: what is loaded by then is thrown away.
launchGateway();
const { runProgram } = await import("./cli/program.ts");
await runProgram();
