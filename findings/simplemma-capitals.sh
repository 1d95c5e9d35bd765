#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages simplemma==2.0.0
says "A word in capitals is found in English, French, Spanish, Swedish and Polish; in German it comes back as it is," \
  "although the same word in small letters is found."
run_python <<'EOF'
from simplemma import lemmatize

for language, word in [("en", "houses"), ("fr", "maisons"), ("es", "casas"), ("sv", "huset"), ("pl", "domy"), ("de", "katzen")]:
    print(language, lemmatize(word, lang=language), lemmatize(word.upper(), lang=language))
EOF
expect <<'EOF'
en house house
fr maison maison
es casa casa
sv hus hus
pl dom dom
de Katze KATZEN
EOF
