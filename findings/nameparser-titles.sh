#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages nameparser==2.6.0
says "Dean, Major, Earl and Duke are first names, Judge and Bishop titles; after Prince, King and Sheikh one name is a" \
  "first name, after Baron and Herr a last name."
run_python <<'EOF'
from nameparser import HumanName

for text in (
    "Dean Berg", "Major Berg", "Earl Berg", "Duke Falk", "Judge Berg", "Bishop Berg", "Prince Osman", "King Osman",
    "Sheikh Osman", "Baron Falk", "Herr Falk",
):
    print(text, {part: value for part, value in HumanName(text).as_dict().items() if value})
EOF
expect <<'EOF'
Dean Berg {'first': 'Dean', 'last': 'Berg'}
Major Berg {'first': 'Major', 'last': 'Berg'}
Earl Berg {'first': 'Earl', 'last': 'Berg'}
Duke Falk {'first': 'Duke', 'last': 'Falk'}
Judge Berg {'title': 'Judge', 'last': 'Berg'}
Bishop Berg {'title': 'Bishop', 'last': 'Berg'}
Prince Osman {'title': 'Prince', 'first': 'Osman'}
King Osman {'title': 'King', 'first': 'Osman'}
Sheikh Osman {'title': 'Sheikh', 'first': 'Osman'}
Baron Falk {'title': 'Baron', 'last': 'Falk'}
Herr Falk {'title': 'Herr', 'last': 'Falk'}
EOF
