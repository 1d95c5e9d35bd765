#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages sentencex==1.0.32
says "The end marks of Greek (the question mark that looks like a semicolon), Armenian, Amharic, Burmese and Urdu" \
  "split a text; those of Khmer and Tibetan do not, although the language is named."
run_python <<'EOF'
from sentencex import segment

for language, text in {
    "el": "Πού πήγε ο δήμαρχος; Κανείς δεν απάντησε.", "hy": "Քաղաքապետը հեռացավ։ Ոչ ոք չպատասխանեց։",
    "am": "ከንቲባው ሄዱ። ማንም አልመለሰም።", "my": "မြို့တော်ဝန် ထွက်သွားသည်။ မည်သူမျှ မဖြေပါ။",
    "ur": "میئر چلے گئے۔ کسی نے جواب نہیں دیا۔", "km": "អភិបាលបានចាកចេញ។ គ្មាននរណាឆ្លើយទេ។",
    "bo": "གྲོང་གཙོ་ཕྱིན་སོང་། སུས་ཀྱང་ལན་མ་བརྒྱབ།",
}.items():
    print(language, len(list(segment(language, text))))
EOF
expect <<'EOF'
el 2
hy 2
am 2
my 2
ur 2
km 1
bo 1
EOF
