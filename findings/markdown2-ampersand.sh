#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages markdown2==2.5.5
node_packages markdown-it@14.1.0 snudown-js@4.1.0
says "In markdown2, PieFed's engine, a backslash before an ampersand shows &amp; to the reader; before a less-than sign it" \
  "works, before a tilde, a caret, a colon and a slash, which Reddit's engine escapes, it stays."
run_python <<'EOF'
from markdown2 import markdown

print("markdown2", [markdown(f"a\\{mark}b").strip() for mark in "&<~^:/"])
EOF
run_node <<'EOF'
import { createRequire } from 'node:module';
import MarkdownIt from 'markdown-it';

const snudown = createRequire(import.meta.url)('snudown-js');
const texts = [...'&<~^:/"'].map((mark) => `a\\${mark}b`);
console.log('markdown-it', JSON.stringify(texts.map((text) => MarkdownIt().render(text).trim())));
console.log('snudown', JSON.stringify(texts.map((text) => snudown.markdown(text).trim())));
EOF
expect <<'EOF'
markdown2 ['<p>a&amp;amp;b</p>', '<p>a&lt;b</p>', '<p>a\\~b</p>', '<p>a\\^b</p>', '<p>a\\:b</p>', '<p>a\\/b</p>']
markdown-it ["<p>a&amp;b</p>","<p>a&lt;b</p>","<p>a~b</p>","<p>a^b</p>","<p>a:b</p>","<p>a/b</p>","<p>a&quot;b</p>"]
snudown ["<p>a&amp;b</p>","<p>a&lt;b</p>","<p>a~b</p>","<p>a^b</p>","<p>a:b</p>","<p>a/b</p>","<p>a\\&quot;b</p>"]
EOF
