#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages sentencex==1.0.32
says "A date with an ordinal point stays whole in German, Danish, Finnish and Slovak and is torn after the number in" \
  "Norwegian, Czech, Hungarian, Slovene, Croatian, Estonian and Icelandic; German keeps a month, not a century."
run_python <<'EOF'
from sentencex import segment

texts = {
    "de": "Am 3. Oktober wird die Brücke geöffnet. Alle kommen.", "da": "Den 3. oktober åbner broen. Alle kommer.",
    "fi": "Silta avataan 3. lokakuuta. Kaikki tulevat.", "sk": "Most bude 3. októbra otvorený. Všetci prídu.",
    "nb": "Den 3. oktober åpner broen. Alle kommer.", "cs": "Most bude 3. října otevřen. Všichni přijdou.",
    "hu": "A hidat október 3. napján nyitják meg. Mindenki jön.", "sl": "Most bodo 3. oktobra odprli. Vsi pridejo.",
    "hr": "Most će 3. listopada biti otvoren. Svi dolaze.", "et": "Sild avatakse 3. oktoobril. Kõik tulevad.",
    "is": "Brúin verður opnuð 3. október. Allir koma.",
}
for language, text in texts.items():
    print(language, len(list(segment(language, text))))
print("century", list(segment("de", "Im 19. Jahrhundert stand hier eine Mühle. Sie brannte.")))
EOF
expect <<'EOF'
de 2
da 2
fi 2
sk 2
nb 3
cs 3
hu 3
sl 3
hr 3
et 3
is 3
century ['Im 19. ', 'Jahrhundert stand hier eine Mühle. ', 'Sie brannte.']
EOF
