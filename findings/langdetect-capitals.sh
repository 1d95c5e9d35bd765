#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages langdetect==1.0.9
says "Headlines in capitals: Swedish, Polish and English become German, French becomes English. The same are" \
  "right in small letters."
run_python <<'EOF'
import langdetect

langdetect.DetectorFactory.seed = 0
for text in ["Regeringen vill höja skatten på socker", "Rząd zapowiada nowy podatek od cukru",
             "Government announces new tax on sugar", "Le gouvernement annonce une taxe sur le sucre"]:
    print(text, langdetect.detect(text), langdetect.detect(text.upper()))
EOF
expect <<'EOF'
Regeringen vill höja skatten på socker sv de
Rząd zapowiada nowy podatek od cukru pl de
Government announces new tax on sugar en de
Le gouvernement annonce une taxe sur le sucre fr en
EOF
