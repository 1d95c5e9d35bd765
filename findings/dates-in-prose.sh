#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages dateparser==1.5.0
node_packages chrono-node@2.10.3
says "A sentence without a date has ten dates for dateparser and six for chrono-node. Both take a surname, a short first" \
  "name and the sun for dates, and only dateparser the verb may and a share of seats."
run_python <<'EOF'
from dateparser.search import search_dates

text = (
    "Mr March may sit in the second row, said Mon Berg, 14, of May Street; the sun set on 1 in 3 seats now, and a Sat "
    "phone cost 2026 crowns in Dec."
)
print("dateparser", [found for found, _ in search_dates(text, languages=["en"])])
EOF
run_node <<'EOF'
import { parse } from 'chrono-node';

const text = 'Mr March may sit in the second row, said Mon Berg, 14, of May Street; the sun set on 1 in 3 seats now, ' +
  'and a Sat phone cost 2026 crowns in Dec.';
console.log('chrono-node', JSON.stringify(parse(text).map((found) => found.text)));
EOF
expect <<'EOF'
dateparser ['March', 'may', 'Mon', '14, of May', 'the sun', 'on 1 in 3', 'now', 'and a Sat', '2026', 'in Dec']
chrono-node ["March","Mon","sun","now","Sat","Dec."]
EOF
