#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages rich==15.0.0 wcwidth==0.9.4
node_packages string-width@8.3.0
says "The Burmese word for Myanmar is three cells wide to rich and five to the others, Tamil three and four; Hindi is" \
  "narrower, and Thai with a SARA AM a cell less, to string-width."
run_python <<'EOF'
from rich.cells import cell_len
from wcwidth import wcswidth

for text in ("မြန်မာ", "தமிழ்", "नमस्ते", "น้ำ", "ព្រះ", "བོད་"):
    print(text, "rich", cell_len(text), "wcwidth", wcswidth(text))
EOF
run_node <<'EOF'
import width from 'string-width';

console.log('string-width', ['မြန်မာ', 'தமிழ்', 'नमस्ते', 'น้ำ', 'ព្រះ', 'བོད་'].map((text) => width(text)).join(' '));
EOF
expect <<'EOF'
မြန်မာ rich 3 wcwidth 5
தமிழ் rich 3 wcwidth 4
नमस्ते rich 4 wcwidth 4
น้ำ rich 2 wcwidth 2
ព្រះ rich 2 wcwidth 2
བོད་ rich 3 wcwidth 3
string-width 5 4 3 1 2 3
EOF
