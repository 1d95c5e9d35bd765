#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages python-slugify==9.2.0
node_packages @sindresorhus/slugify@3.0.1 slugify@1.6.9
says "python-slugify writes a hyphen within a Georgian word and kiiv for Kyiv; @sindresorhus/slugify takes a capital that" \
  "becomes two Latin letters for a word of its own; slugify writes a Greek theta as 8."
run_python <<'EOF'
from slugify import slugify

print("python-slugify", [slugify(text) for text in ("ქუთაისი", "Київ", "Þórshöfn", "Ærø", "Αθήνα", "東京都")])
EOF
run_node <<'EOF'
import first from '@sindresorhus/slugify';
import second from 'slugify';

const texts = ['ქუთაისი', 'Київ', 'Þórshöfn', 'Ærø', 'Αθήνα', '東京都'];
console.log('@sindresorhus', JSON.stringify(texts.map((text) => first(text))));
console.log('slugify', JSON.stringify(texts.map((text) => second(text))));
EOF
expect <<'EOF'
python-slugify ['k-ut-aisi', 'kiiv', 'thorshofn', 'aero', 'athena', 'dong-jing-du']
@sindresorhus ["qutaisi","kiyiv","t-horshoefn","a-ero","athina",""]
slugify ["kutaisi","Kiyiv","THorshofn","AEro","A8hna",""]
EOF
