#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages razdel==0.5.0 pysbd==0.3.4 sentencex==1.0.32
says "Only razdel is right in all: pysbd and sentencex tear a name from the abbreviation before it and do not end a" \
  "sentence after the abbreviation of roubles."
run_python <<'EOF'
from pysbd import Segmenter
from razdel import sentenize
from sentencex import segment

for text in (
    "Завод продан за 5 млн руб. Покупатель неизвестен.", "Потом уехал на завод им. Берга. Там работал.",
    "Родился в 1950 г. в селе. Учился дома.", "Хлеб и т. д. не помогли. Все ушли.",
):
    print(text)
    print("  razdel", [sentence.text for sentence in sentenize(text)])
    print("  pysbd", [sentence.strip() for sentence in Segmenter(language="ru", clean=False).segment(text)])
    print("  sentencex", [sentence.strip() for sentence in segment("ru", text)])
EOF
expect <<'EOF'
Завод продан за 5 млн руб. Покупатель неизвестен.
  razdel ['Завод продан за 5 млн руб.', 'Покупатель неизвестен.']
  pysbd ['Завод продан за 5 млн руб. Покупатель неизвестен.']
  sentencex ['Завод продан за 5 млн руб. Покупатель неизвестен.']
Потом уехал на завод им. Берга. Там работал.
  razdel ['Потом уехал на завод им. Берга.', 'Там работал.']
  pysbd ['Потом уехал на завод им.', 'Берга.', 'Там работал.']
  sentencex ['Потом уехал на завод им.', 'Берга.', 'Там работал.']
Родился в 1950 г. в селе. Учился дома.
  razdel ['Родился в 1950 г. в селе.', 'Учился дома.']
  pysbd ['Родился в 1950 г. в селе.', 'Учился дома.']
  sentencex ['Родился в 1950 г. в селе.', 'Учился дома.']
Хлеб и т. д. не помогли. Все ушли.
  razdel ['Хлеб и т. д. не помогли.', 'Все ушли.']
  pysbd ['Хлеб и т. д. не помогли.', 'Все ушли.']
  sentencex ['Хлеб и т. д. не помогли.', 'Все ушли.']
EOF
