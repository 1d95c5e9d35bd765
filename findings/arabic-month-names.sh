#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages dateparser==1.5.0
says "dateparser reads the August of Algeria if no language is named, and none of the months of Syria, Iraq and Lebanon;" \
  "for the fifth of their August it returns the present moment."
run_python <<'EOF'
from datetime import datetime, timedelta

from dateparser import parse


def shown(found):
    return "now" if found and abs(datetime.now() - found) < timedelta(minutes=5) else found and found.date()


for text in ("5 تشرين الأول 2024", "5 كانون الثاني 2024", "5 شباط 2024", "5 آب 2024", "17 أوت 2024", "17 غشت 2024", "٥ أكتوبر ٢٠٢٤"):
    print(text, "|", shown(parse(text)), "|", shown(parse(text, languages=["ar"])))
EOF
expect <<'EOF'
5 تشرين الأول 2024 | None | None
5 كانون الثاني 2024 | None | None
5 شباط 2024 | None | None
5 آب 2024 | now | None
17 أوت 2024 | 2024-08-17 | None
17 غشت 2024 | None | None
٥ أكتوبر ٢٠٢٤ | 2024-10-05 | 2024-10-05
EOF
