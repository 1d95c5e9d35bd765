#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages markdown2==2.5.5
node_packages markdown-it@14.1.0 snudown-js@4.1.0
says "Bold text that ends with a bracket and goes on with a letter, as in Japanese: only Reddit's engine makes it bold;" \
  "markdown2 and markdown-it show the asterisks. Without brackets all three make it bold."
run_python <<'EOF'
import markdown2

for text in ["橋は**「安全」**だった", "橋は**安全**だった"]:
    for extras in ({}, {"middle-word-em": False}):
        print("markdown2", extras, markdown2.markdown(text, extras=extras).strip())
EOF
run_node <<'EOF'
import MarkdownIt from 'markdown-it';
import { createRequire } from 'node:module';
const snudown = createRequire(import.meta.url)('snudown-js');
for (const text of ['橋は**「安全」**だった', '橋は**安全**だった'])
  console.log('markdown-it', MarkdownIt().render(text).trim(), '| snudown', snudown.markdown(text).trim());
EOF
expect <<'EOF'
markdown2 {} <p>橋は**「安全」**だった</p>
markdown2 {'middle-word-em': False} <p>橋は**「安全」**だった</p>
markdown2 {} <p>橋は<strong>安全</strong>だった</p>
markdown2 {'middle-word-em': False} <p>橋は<strong>安全</strong>だった</p>
markdown-it <p>橋は**「安全」**だった</p> | snudown <p>橋は<strong>「安全」</strong>だった</p>
markdown-it <p>橋は<strong>安全</strong>だった</p> | snudown <p>橋は<strong>安全</strong>だった</p>
EOF
