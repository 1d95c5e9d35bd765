#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages url-normalize==3.1.0 w3lib==2.5.0 courlan==1.4.0
node_packages normalize-url@9.0.1
says "w3lib resolves dot segments and keeps the default port and a double slash; courlan folds the double slash, keeps the" \
  "dot segments and drops empty parameters; the two others resolve and fold, and normalize-url drops www as well."
run_python <<'EOF'
from courlan import normalize_url
from url_normalize import url_normalize
from w3lib.url import canonicalize_url

url = "https://www.Example.org:443/a/./b/../c//d/?b=2&a=1&b=1&c=&d#top"
for name, normalize in (("url-normalize", url_normalize), ("w3lib", canonicalize_url), ("courlan", normalize_url)):
    print(name, normalize(url))
EOF
run_node <<'EOF'
import normalize from 'normalize-url';

console.log('normalize-url', normalize('https://www.Example.org:443/a/./b/../c//d/?b=2&a=1&b=1&c=&d#top'));
EOF
expect <<'EOF'
url-normalize https://www.example.org/a/c/d/?b=2&a=1&b=1&c=&d#top
w3lib https://www.example.org:443/a/c//d/?a=1&b=1&b=2&c=&d=
courlan https://www.example.org/a/./b/../c/d/?a=1&b=2&b=1#top
normalize-url https://example.org/a/c/d?a=1&b=2&b=1&c=&d#top
EOF
