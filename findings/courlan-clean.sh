#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages courlan==1.4.0
says "clean_url drops ref as well as utm_source but keeps the fragment; strict normalisation drops the fragment and" \
  "still keeps the language and the page number."
run_python <<'EOF'
from courlan import clean_url, normalize_url

link = "https://www.example.org/story?id=5&ref=home&utm_source=x&lang=de&page=2#top"
print(clean_url(link))
print(normalize_url(link, strict=True))
EOF
expect <<'EOF'
https://www.example.org/story?id=5&lang=de&page=2#top
https://www.example.org/story?id=5&lang=de&page=2
EOF
