#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

node_packages chrono-node@2.10.3
says "The Chinese parser reads a date that is all in Chinese numerals, and the Japanese parser an era. The parser for" \
  "English reads 5.10.2024 as 10 May, the German one as 5 October."
run_node <<'EOF'
import * as chrono from 'chrono-node';

const day = (parser, text) => parser.parseDate(text)?.toISOString().slice(0, 10) ?? null;
console.log(day(chrono.zh, '二〇二四年十月五日'), day(chrono.ja, '令和6年10月5日'), day(chrono.uk, '5 жовтня 2024 року'));
console.log(day(chrono, '5.10.2024'), day(chrono.de, '5.10.2024'), day(chrono, '5/10/2024'), day(chrono.fr, '5/10/2024'));
EOF
expect <<'EOF'
2024-10-05 2024-10-05 2024-10-05
2024-05-10 2024-10-05 2024-05-10 2024-10-05
EOF
