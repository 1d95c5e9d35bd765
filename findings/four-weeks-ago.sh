#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages arrow==1.4.0 Babel==2.18.0
node_packages date-fns@4.4.0
says "28 and 29 days are a month to arrow and Babel and days to date-fns; 45 days are a month to arrow and two to the" \
  "others; 340 days are a year to Babel alone."
run_python <<'EOF'
from datetime import timedelta

import arrow
from babel.dates import format_timedelta

now = arrow.get("2026-11-20T12:00:00Z")
for days in (10, 28, 29, 45, 340, 700):
    print(days, "arrow", now.shift(days=-days).humanize(now), "| Babel", format_timedelta(timedelta(days), locale="en"))
EOF
run_node <<'EOF'
import { formatDistance } from 'date-fns';

const now = new Date('2026-11-20T12:00:00Z');
for (const days of [10, 28, 29, 45, 340, 700]) {
  console.log(days, 'date-fns', formatDistance(new Date(now - days * 86400000), now));
}
EOF
expect <<'EOF'
10 arrow a week ago | Babel 1 week
28 arrow a month ago | Babel 1 month
29 arrow a month ago | Babel 1 month
45 arrow a month ago | Babel 2 months
340 arrow 11 months ago | Babel 1 year
700 arrow a year ago | Babel 2 years
10 date-fns 10 days
28 date-fns 28 days
29 date-fns 29 days
45 date-fns about 2 months
340 date-fns 11 months
700 date-fns almost 2 years
EOF
