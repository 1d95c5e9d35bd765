#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages py3langid==0.4.0 pycld2==0.42
says "Languages in Latin letters that are not theirs: py3langid calls Hindi Acehnese, Greek Lithuanian, Japanese Hausa and" \
  "Mandarin Shona; pycld2 knows none of them and is sure of Danish for Mandarin."
run_python <<'EOF'
from py3langid import classify
from pycld2 import detect

for language, text in {
    "Hindi": "Yeh pul band hai aur koi nahin jaanta kab khulega, mantri ne kaha.",
    "Greek": "I gefyra einai kleisti kai kaneis den xerei pote tha anoixei, eipe o ypourgos.",
    "Ukrainian": "Mist zakryto i nikhto ne znaie, koly vin vidkryietsia, skazav ministr.",
    "Japanese": "Hashi wa tojite ite, itsu hiraku ka dare mo shiranai to daijin wa itta.",
    "Mandarin": "Qiao guanbi le, meiyou ren zhidao shenme shihou kaifang, buzhang shuo.",
    "Russian": "Most zakryt i nikto ne znayet, kogda on otkroyetsya, skazal ministr.",
}.items():
    print(language, "py3langid", classify(text)[0], "pycld2", detect(text)[2][0][:3])
EOF
expect <<'EOF'
Hindi py3langid ace pycld2 ('Unknown', 'un', 0)
Greek py3langid lt pycld2 ('Unknown', 'un', 0)
Ukrainian py3langid sk pycld2 ('Unknown', 'un', 0)
Japanese py3langid ha pycld2 ('Unknown', 'un', 0)
Mandarin py3langid sn pycld2 ('DANISH', 'da', 98)
Russian py3langid pl pycld2 ('Unknown', 'un', 0)
EOF
