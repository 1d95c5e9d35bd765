#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages py3langid==0.4.0
says "py3langid has a code for text without a language, zxx, but calls a date with its hours Indonesian, an address" \
  "Extremaduran, number signs Afrikaans, names of formats Nynorsk and one syllable over and over Esperanto."
run_python <<'EOF'
from py3langid import classify

for text in (
    "12.11.2026 14:00 – 15:30", "https://example.org/a/b?c=1", "###", "MP3 WAV OGG FLAC AAC", "La la la la la la",
    "Osby 2 Lanby 1", "Anna Berg, Bo Falk, Jan Osby, Maria Lind, Karl Holm",
):
    print(text, classify(text)[0])
EOF
expect <<'EOF'
12.11.2026 14:00 – 15:30 id
https://example.org/a/b?c=1 ext
### af
MP3 WAV OGG FLAC AAC nn
La la la la la la eo
Osby 2 Lanby 1 fy
Anna Berg, Bo Falk, Jan Osby, Maria Lind, Karl Holm da
EOF
