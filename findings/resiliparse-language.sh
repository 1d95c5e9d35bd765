#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages resiliparse==2.0.1
says "detect_fast compares capitals as they are: a whole paragraph of English in capitals is Korean, of Swedish" \
  "Japanese, a French headline Chinese; in small letters all is well but the Swedish headline. Headlines in" \
  "Chinese, Japanese and Korean are unknown, and news in Hindi is Nepali."
run_python <<'EOF'
from resiliparse.parse.lang import detect_fast

english = ("The council of Osby voted on Tuesday to rebuild the old mill bridge, which has been closed to traffic since"
           " a flood damaged two of its four stone arches in March. Work will begin in spring and take two years.")
swedish = ("Kommunfullmäktige i Osby beslutade på tisdagen att bygga upp den gamla bron som har varit stängd sedan"
           " översvämningen i mars. Arbetet börjar i vår och ska ta två år. Butikerna vid ån har förlorat kunder.")
hindi = "ओस्बी की परिषद ने मंगलवार को बाढ़ के बाद से बंद पुराने पुल को फिर से बनाने का फैसला किया। काम वसंत में शुरू होगा। " * 3
for name, text in {
    "English": english, "ENGLISH": english.upper(), "Swedish": swedish, "SWEDISH": swedish.upper(), "Hindi": hindi,
    "Swedish headline": "Regeringen vill höja skatten på socker",
    "FRENCH HEADLINE": "LE GOUVERNEMENT ANNONCE UNE TAXE SUR LE SUCRE",
    "GERMAN HEADLINE": "DER BUNDESTAG BESCHLIESST DAS NEUE GESETZ", "Chinese headline": "北京市政府公布新的交通规划方案",
    "Japanese headline": "首相、来年度予算案を国会で説明", "Korean headline": "정부 새로운 예산안 국회에 제출",
}.items():
    print(name, detect_fast(text)[0])
EOF
expect <<'EOF'
English en
ENGLISH ko
Swedish sv
SWEDISH ja
Hindi ne
Swedish headline de
FRENCH HEADLINE zh
GERMAN HEADLINE unknown
Chinese headline unknown
Japanese headline unknown
Korean headline unknown
EOF
