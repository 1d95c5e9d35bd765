#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages langcodes==3.5.1
says "Bokmål is nearer to Danish than to Nynorsk; traditional Chinese finds no match beside simplified, and" \
  "Cantonese none beside Chinese, where Bokmål is content with Danish."
run_python <<'EOF'
from langcodes import closest_match

for wanted, have in [("nb", ["da", "sv", "nn", "en"]), ("zh-Hant", ["zh-Hans", "ja", "en"]), ("yue", ["zh", "en"])]:
    print(wanted, have, closest_match(wanted, have))
EOF
expect <<'EOF'
nb ['da', 'sv', 'nn', 'en'] ('da', 12)
zh-Hant ['zh-Hans', 'ja', 'en'] ('und', 1000)
yue ['zh', 'en'] ('und', 1000)
EOF
