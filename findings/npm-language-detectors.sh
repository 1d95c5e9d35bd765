#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

node_packages franc@6.2.0 tinyld@1.3.4 eld@2.1.0
says "Short headlines: franc calls English Danish and German Norwegian and gives up on Japanese and Chinese; tinyld" \
  "calls the English one Turkish and gives up on Chinese alone; eld is right."
run_node <<'EOF'
import { franc } from 'franc';
import { detect } from 'tinyld';
import { eld } from 'eld';
await eld.load('large');
for (const text of ['Mayor resigns', 'Bürgermeister tritt zurück', '東京都知事が辞任', '北京市长辞职'])
  console.log(text, '| franc', franc(text), '| tinyld', detect(text) || 'nothing', '| eld', eld.detect(text).language);
EOF
expect <<'EOF'
Mayor resigns | franc dan | tinyld tr | eld en
Bürgermeister tritt zurück | franc nob | tinyld de | eld de
東京都知事が辞任 | franc und | tinyld ja | eld ja
北京市长辞职 | franc und | tinyld nothing | eld zh
EOF
