#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages blingfire==0.1.8 numpy==2.4.6
says "Chinese and Japanese are split at the ideographic full stop without a space; Hindi is not split at its danda;" \
  "a quotation with a question mark is torn from its speaker, as is a German date."
run_python <<'EOF'
from blingfire import text_to_sentences

for text in (
    "市长辞职。选举将举行。没有人来。", "市長は辞任した。選挙が行われる。", "पुल बंद है। कोई नहीं आया।",
    '"Why?" she asked. Nobody knew.', "Am 3. Oktober wird die Brücke geöffnet. Alle kommen.",
):
    print(text_to_sentences(text).split("\n"))
EOF
expect <<'EOF'
['市长辞职。', '选举将举行。', '没有人来。']
['市長は辞任した。', '選挙が行われる。']
['पुल बंद है। कोई नहीं आया।']
['"Why?"', 'she asked.', 'Nobody knew.']
['Am 3.', 'Oktober wird die Brücke geöffnet.', 'Alle kommen.']
EOF
