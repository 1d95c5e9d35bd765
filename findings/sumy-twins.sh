#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages sumy==0.13.0 numpy==2.4.6 lxml-html-clean==0.4.6
says "A sentence that a text says twice: five methods return it twice as the whole summary of two sentences, also" \
  "KL, which is to weigh what is already said; LSA and SumBasic do not return it at all."
run_python <<'EOF'
from importlib import import_module
from sumy.models.dom import ObjectDocumentModel, Paragraph, Sentence

class Words:
    def to_words(self, text):
        return tuple(word.strip(".,") for word in text.split())

texts = ["The bridge over the river in Osby stays closed until spring."] * 2 + [
    "The council voted for a new bridge with two lanes.",
    "Shops near the river lost customers and asked the council for help.",
    "A ferry carries people over the river every hour.",
]
document = ObjectDocumentModel([Paragraph([Sentence(text, Words()) for text in texts])])
for name in ["LexRank", "TextRank", "Lsa", "Luhn", "KL", "SumBasic", "Reduction"]:
    module = {"LexRank": "lex_rank", "TextRank": "text_rank", "SumBasic": "sum_basic"}.get(name, name.lower())
    method = getattr(import_module("sumy.summarizers." + module), name + "Summarizer")()
    print(name, [texts.index(str(sentence)) for sentence in method(document, 2)])
EOF
expect <<'EOF'
LexRank [0, 0]
TextRank [0, 0]
Lsa [2, 4]
Luhn [0, 0]
KL [0, 0]
SumBasic [2, 3]
Reduction [0, 0]
EOF
