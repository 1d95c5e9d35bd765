// The loop of a runner in Node: pages from standard input, results to standard output, as JSON lines.

import { createInterface } from "node:readline";

// Call `read(html, url)` for each page; its processor time in seconds is that of all threads of the process.
export async function run(read) {
  // so that a library cannot print between the results
  for (const name of ["log", "info", "debug"]) console[name] = console.error;
  for await (const line of createInterface({ input: process.stdin })) {
    const { html, url } = JSON.parse(line);
    let content = "", error = "";
    const start = process.cpuUsage();
    try {
      content = await read(html, url);
    } catch (exception) { // which a library may throw on any page
      error = String(exception);
    }
    const { user, system } = process.cpuUsage(start);
    process.stdout.write(JSON.stringify({ content, error, seconds: (user + system) / 1e6 }) + "\n");
  }
}
