// Preloaded into a command that a test pauses: once it has told that something is done, it stands still, in the middle of its work,
// until the test writes into the pipe. No clock is asked, so that it is the same on every machine.
import { closeSync, openSync, readSync } from "node:fs";

const write = process.stderr.write.bind(process.stderr);
let paused = false;

process.stderr.write = (text, ...more) => {
  const written = write(text, ...more);
  if (!paused && String(text).includes("✓")) {
    paused = true;
    const pipe = openSync(process.env["FAIRLEAD_TEST_PIPE"], "r");
    readSync(pipe, Buffer.alloc(1));
    closeSync(pipe);
  }
  return written;
};
