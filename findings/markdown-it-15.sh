#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

node_packages markdown-it@14.1.0 markdown-it-new@npm:markdown-it@15.0.3
says "With linkify alone, version 15 no longer links a bare host or www., still links e-mail addresses and" \
  "addresses without a scheme, and ends a link before a Japanese full stop, where 14 takes in the rest of the line."
run_node <<'EOF'
import Old from 'markdown-it';
import New from 'markdown-it-new';
for (const text of ['www.example.org/a', 'example.com/news', 'jo@example.org', '//example.org/x', '詳細はhttps://example.org/a。続きは'])
  console.log(text, [Old, New].map(version => (version({ linkify: true }).render(text).match(/<a [^>]*>(.*)<\/a>/) ?? [])[1] ?? '-'));
EOF
expect <<'EOF'
www.example.org/a [ 'www.example.org/a', '-' ]
example.com/news [ 'example.com/news', '-' ]
jo@example.org [ 'jo@example.org', 'jo@example.org' ]
//example.org/x [ '//example.org/x', '//example.org/x' ]
詳細はhttps://example.org/a。続きは [ 'https://example.org/a。続きは', 'https://example.org/a' ]
EOF
