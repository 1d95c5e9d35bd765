#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages sentencex==1.0.32
says "In Russian, Ukrainian, Bulgarian, Polish and Hungarian the speaker after the dash is a sentence of its own, as after" \
  "a Japanese or Chinese quotation; Swedish is torn behind the quotation and not where its sentence ends."
run_python <<'EOF'
from sentencex import segment

for language, text in {
    "ru": "«Мост закрыт!» — сказал мэр. Все ушли.", "uk": "«Міст закрито!» — сказав мер. Усі пішли.",
    "bg": "„Мостът е затворен!“ — каза кметът. Всички си тръгнаха.",
    "pl": "„Most jest zamknięty!” – powiedział burmistrz. Wszyscy poszli.",
    "hu": "„A híd zárva van!” – mondta a polgármester. Mindenki elment.",
    "ja": "「橋は閉鎖だ。」と市長は述べた。皆帰った。", "zh": "“桥关了。”市长说。大家走了。",
    "sv": "”Bron är stängd!” sade hon. Alla gick.", "it": "«Il ponte è chiuso!» ha detto il sindaco. Tutti andarono via.",
    "de": "„Die Brücke ist zu!“, sagte sie. Alle gingen.",
}.items():
    print(language, [sentence.strip() for sentence in segment(language, text)])
EOF
expect <<'EOF'
ru ['«Мост закрыт!»', '— сказал мэр.', 'Все ушли.']
uk ['«Міст закрито!»', '— сказав мер.', 'Усі пішли.']
bg ['„Мостът е затворен!“', '— каза кметът.', 'Всички си тръгнаха.']
pl ['„Most jest zamknięty!”', '– powiedział burmistrz.', 'Wszyscy poszli.']
hu ['„A híd zárva van!”', '– mondta a polgármester.', 'Mindenki elment.']
ja ['「橋は閉鎖だ。」', 'と市長は述べた。', '皆帰った。']
zh ['“桥关了。”', '市长说。', '大家走了。']
sv ['”Bron är stängd!”', 'sade hon. Alla gick.']
it ['«Il ponte è chiuso!» ha detto il sindaco.', 'Tutti andarono via.']
de ['„Die Brücke ist zu!“, sagte sie.', 'Alle gingen.']
EOF
