#!/usr/bin/env bun
import { runProgram } from "./cli/program.ts";

await runProgram();
