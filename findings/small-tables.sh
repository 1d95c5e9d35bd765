#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages markdown2==2.5.5
node_packages markdown-it@14.1.0 snudown-js@4.1.0
says "A header without rows is a table in all three; a row with a cell too few is one in markdown-it, and ends the table in" \
  "markdown2 and snudown; a cell too many stays in markdown2; a line of text above hides the table from snudown alone."
run_python <<'EOF'
from markdown2 import markdown

for text in ("a|b\n-|-", "a|b\n-|-\n1", "a|b\n-|-\n1|2|3", "text\na|b\n-|-\n1|2"):
    html = markdown(text, extras=["tables"])
    print("markdown2", repr(text), html.count("<table"), html.count("<td"), html.count("<p>"))
EOF
run_node <<'EOF'
import { createRequire } from 'node:module';
import MarkdownIt from 'markdown-it';

const snudown = createRequire(import.meta.url)('snudown-js');
const counts = (html) => ['<table', '<td', '<p>'].map((tag) => html.split(tag).length - 1).join(' ');
for (const text of ['a|b\n-|-', 'a|b\n-|-\n1', 'a|b\n-|-\n1|2|3', 'text\na|b\n-|-\n1|2']) {
  console.log('markdown-it', counts(MarkdownIt().render(text)), '| snudown', counts(snudown.markdown(text)), JSON.stringify(text));
}
EOF
expect <<'EOF'
markdown2 'a|b\n-|-' 1 0 0
markdown2 'a|b\n-|-\n1' 1 0 1
markdown2 'a|b\n-|-\n1|2|3' 1 3 0
markdown2 'text\na|b\n-|-\n1|2' 1 2 1
markdown-it 1 0 0 | snudown 1 0 0 "a|b\n-|-"
markdown-it 1 2 0 | snudown 1 0 1 "a|b\n-|-\n1"
markdown-it 1 2 0 | snudown 1 2 0 "a|b\n-|-\n1|2|3"
markdown-it 1 2 1 | snudown 0 0 1 "text\na|b\n-|-\n1|2"
EOF
