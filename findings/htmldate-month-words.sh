#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages htmldate==1.11.0
says "A day written in words is read in eight of these languages. In the others the year alone is taken," \
  "and the first of January is made up; nothing tells the two apart."
run_python <<'EOF'
from htmldate import find_date

texts = {
    "en": "Published 5 October 2024", "de": "Veröffentlicht am 5. Oktober 2024", "fr": "Publié le 5 octobre 2024",
    "nl": "Gepubliceerd op 5 oktober 2024", "sv": "Publicerad 5 oktober 2024", "tr": "Yayınlandı 5 Ekim 2024",
    "cs": "5. října 2024", "hu": "2024. október 5.", "es": "Publicado el 5 de octubre de 2024",
    "it": "Pubblicato il 5 ottobre 2024", "pt": "Publicado em 5 de outubro de 2024",
    "pl": "Opublikowano 5 października 2024", "ru": "Опубликовано 5 октября 2024", "zh": "发布于2024年10月5日",
    "ja": "2024年10月5日",
}
for language, text in texts.items():
    page = f"<html lang='{language}'><head><title>Mill</title></head><body><article><p>{text}</p><p>Words.</p></article></body></html>"
    print(language, find_date(page))
EOF
expect <<'EOF'
en 2024-10-05
de 2024-10-05
fr 2024-10-05
nl 2024-10-05
sv 2024-10-05
tr 2024-10-05
cs 2024-10-05
hu 2024-10-05
es 2024-01-01
it 2024-01-01
pt 2024-01-01
pl 2024-01-01
ru 2024-01-01
zh 2024-01-01
ja 2024-01-01
EOF
