// One JSON string a line in (Markdown), one JSON string a line out (HTML), as Reddit shows comments.
const snudown = require("snudown-js");
const lines = require("node:readline").createInterface({ input: process.stdin });

lines.on("line", (line) => {
  process.stdout.write(JSON.stringify(snudown.markdown(JSON.parse(line))) + "\n");
});
