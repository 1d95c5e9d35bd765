#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

node_packages snudown-js@4.1.0
says "A user of one letter is not linked, nor is a community of one letter; a slash behind a name belongs to the link, a" \
  "hyphen does not, and after a plus there is no link; nor is there one for a name with an accent."
run_node <<'EOF'
import { createRequire } from 'node:module';

const snudown = createRequire(import.meta.url)('snudown-js');
for (const text of ['/u/a', 'u/ab', 'r/a', 'r/abc/', 'r/abc-', 'r/abc+', 'r/tést', 'R/test', 'r/abc，x']) {
  console.log(text, snudown.markdown(text).trim());
}
EOF
expect <<'EOF'
/u/a <p>/u/a</p>
u/ab <p><a href="/u/ab">u/ab</a></p>
r/a <p>r/a</p>
r/abc/ <p><a href="/r/abc/">r/abc/</a></p>
r/abc- <p><a href="/r/abc">r/abc</a>-</p>
r/abc+ <p>r/abc+</p>
r/tést <p>r/tést</p>
R/test <p>R/test</p>
r/abc，x <p><a href="/r/abc">r/abc</a>，x</p>
EOF
