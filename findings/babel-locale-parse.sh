#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages babel==2.18.0
says "Of the codes that detectors and old pages use, iw, tl, mo and cmn come back as a locale with a country, no as" \
  "it is, sh and zxx raise, and und, which means unknown, is American English."
run_python <<'EOF'
from babel import Locale

for code in ["iw", "tl", "mo", "cmn", "no", "sh", "zxx", "und"]:
    try:
        print(code, Locale.parse(code))
    except Exception as error:
        print(code, type(error).__name__)
EOF
expect <<'EOF'
iw he_IL
tl fil_PH
mo ro_RO
cmn zh_Hans_CN
no no
sh UnknownLocaleError
zxx UnknownLocaleError
und en_US
EOF
