#!/usr/bin/env node
// Runs the binary of the package for this platform, which npm installs with this one.
"use strict";
const { spawn } = require("node:child_process");

const name = `bulletin-ssg-${process.platform}-${process.arch}`;
let binary;
try {
  binary = require.resolve(`${name}/bulletin`);
} catch {
  console.error(`error: the package ${name} is not installed`);
  console.error("help: bulletin runs on Linux with x64 or arm64; there, install it again without `--omit=optional`");
  process.exit(2);
}

const child = spawn(binary, process.argv.slice(2), { stdio: "inherit" });
// A terminal signals both processes, `kill` only this one. The binary decides what a signal does.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`error: cannot run ${binary}: ${error.message}`);
  process.exit(2);
});
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code);
  // Ends as the binary did, for whoever waits.
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
