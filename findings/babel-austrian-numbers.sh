#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages babel==2.18.0
says "Austrian numbers are grouped with a full stop as German ones are, where ICU 78 (in Node) writes a no-break" \
  "space; the German of Switzerland and of Liechtenstein is told apart from that of Germany."
run_python <<'EOF'
from babel.numbers import format_decimal

for locale in ["de", "de_AT", "de_CH", "de_LI", "pt_PT"]:
    print(locale, ascii(format_decimal(12345.5, locale=locale)))
EOF
expect <<'EOF'
de '12.345,5'
de_AT '12.345,5'
de_CH '12\u2019345.5'
de_LI '12\u2019345.5'
pt_PT '12\xa0345,5'
EOF
