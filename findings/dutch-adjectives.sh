#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages snowballstemmer==3.1.1 nltk==3.10.4
says "Snowball's newer Dutch stemmer joins loopt with lopen and huis with huizen, which the one of nltk and" \
  "dutch_porter do not, but it no longer joins an adjective with its form in -e."
run_python <<'EOF'
import snowballstemmer
from nltk.stem.snowball import SnowballStemmer

stemmers = [snowballstemmer.stemmer("dutch").stemWord, snowballstemmer.stemmer("dutch_porter").stemWord, SnowballStemmer("dutch").stem]
for pair in ["loopt lopen", "huis huizen", "mooi mooie", "nieuw nieuwe", "goed goede", "oud oude"]:
    one, other = pair.split()
    print(one, other, [(stem(one), stem(other)) for stem in stemmers])
EOF
expect <<'EOF'
loopt lopen [('loop', 'loop'), ('loopt', 'lop'), ('loopt', 'lop')]
huis huizen [('huis', 'huis'), ('huis', 'huiz'), ('huis', 'huiz')]
mooi mooie [('mooi', 'mooie'), ('mooi', 'mooi'), ('mooi', 'mooi')]
nieuw nieuwe [('nieuw', 'nieuwe'), ('nieuw', 'nieuw'), ('nieuw', 'nieuw')]
goed goede [('goed', 'goede'), ('goed', 'goed'), ('goed', 'goed')]
oud oude [('oud', 'oude'), ('oud', 'oud'), ('oud', 'oud')]
EOF
