#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages dateparser==1.5.0
says "The way Lithuanian, Latvian and Basque write a day is not read although the languages are known; Irish," \
  "Georgian, Armenian and Bengali are read."
run_python <<'EOF'
import dateparser

for language, text in {
    "lt": "2024 m. spalio 5 d.", "lv": "2024. gada 5. oktobris", "eu": "2024ko urriaren 5a", "ga": "5 Deireadh Fómhair 2024",
    "ka": "5 ოქტომბერი, 2024", "hy": "5 հոկտեմբերի 2024", "bn": "৫ অক্টোবর ২০২৪",
}.items():
    print(language, dateparser.parse(text), dateparser.parse(text, languages=[language]))
EOF
expect <<'EOF'
lt None None
lv None None
eu None None
ga 2024-10-05 00:00:00 2024-10-05 00:00:00
ka 2024-10-05 00:00:00 2024-10-05 00:00:00
hy 2024-10-05 00:00:00 2024-10-05 00:00:00
bn 2024-10-05 00:00:00 2024-10-05 00:00:00
EOF
