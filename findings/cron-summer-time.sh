#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages apscheduler==3.11.3 tzdata==2026.6
says "A cron trigger for 02:30 in Berlin fires at a time that does not exist on the day when clocks go forward (it is" \
  "03:30 by the clock), and twice when they go back."
run_python <<'EOF'
from datetime import datetime
from zoneinfo import ZoneInfo
from apscheduler.triggers.cron import CronTrigger

berlin = ZoneInfo("Europe/Berlin")
trigger = CronTrigger(hour=2, minute=30, timezone=berlin)
for start, times in [(datetime(2027, 3, 27, 12, tzinfo=berlin), 2), (datetime(2027, 10, 30, 12, tzinfo=berlin), 3)]:
    fired = None
    for _ in range(times):
        fired = trigger.get_next_fire_time(fired, fired or start)
        print(fired, "in UTC", fired.astimezone(ZoneInfo("UTC")).strftime("%H:%M"))
EOF
expect <<'EOF'
2027-03-28 02:30:00+01:00 in UTC 01:30
2027-03-29 02:30:00+02:00 in UTC 00:30
2027-10-31 02:30:00+02:00 in UTC 00:30
2027-10-31 02:30:00+01:00 in UTC 01:30
2027-11-01 02:30:00+01:00 in UTC 01:30
EOF
