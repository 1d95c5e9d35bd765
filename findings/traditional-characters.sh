#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages OpenCC==1.4.2 zhconv==1.4.3 hanziconv==0.3.2 "setuptools<81"
says "Kilometres become another word in zhconv and hanziconv (裏 for 里), the queen and the clouds in hanziconv (後, 雲)," \
  "and dry hair is hair that did something in OpenCC and zhconv (幹 for 乾)."
run_python <<'EOF'
from hanziconv import HanziConv
from opencc import OpenCC
from zhconv import convert

text = "皇后的头发干了，她后来在公里外的面店里干活，云云。"
print("OpenCC", OpenCC("s2t").convert(text))
print("zhconv", convert(text, "zh-hant"))
print("hanziconv", HanziConv.toTraditional(text))
EOF
expect <<'EOF'
OpenCC 皇后的頭髮幹了，她後來在公里外的麪店裏幹活，云云。
zhconv 皇后的頭髮幹了，她後來在公裏外的麵店裏幹活，云云。
hanziconv 皇後的頭發乾瞭，她後來在公裏外的麵店裏乾活，雲雲。
EOF
