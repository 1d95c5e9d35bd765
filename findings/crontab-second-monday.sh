#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages APScheduler==3.11.3 croniter==7.0.0 cronsim==2.8
says "APScheduler takes mon#2, the second Monday of a month, and runs the job every Monday: it ignores what stands behind" \
  "the name of a day, so that mon#6 and mon~x pass too; it refuses 7, L, ? and fri-mon, which croniter takes."
run_python <<'EOF'
from datetime import datetime, timezone

from apscheduler.triggers.cron import CronTrigger
from croniter import croniter
from cronsim import CronSim

start = datetime(2027, 1, 1, tzinfo=timezone.utc)


def first(next_time, expression):
    try:
        return next_time(expression).date().isoformat()
    except Exception as error:
        return type(error).__name__


for text in ("0 9 * * mon#2", "0 9 * * mon#6", "0 9 * * mon~x", "0 9 * * 7", "0 0 L * *", "0 9 ? * *", "0 9 * * fri-mon"):
    print(text, "APScheduler", first(lambda it: CronTrigger.from_crontab(it, timezone="UTC").get_next_fire_time(None, start), text),
          "croniter", first(lambda it: croniter(it, start).get_next(datetime), text),
          "cronsim", first(lambda it: next(CronSim(it, start)), text))
EOF
expect <<'EOF'
0 9 * * mon#2 APScheduler 2027-01-04 croniter 2027-01-11 cronsim 2027-01-11
0 9 * * mon#6 APScheduler 2027-01-04 croniter CroniterBadCronError cronsim CronSimError
0 9 * * mon~x APScheduler 2027-01-04 croniter CroniterNotAlphaError cronsim CronSimError
0 9 * * 7 APScheduler ValueError croniter 2027-01-03 cronsim 2027-01-03
0 0 L * * APScheduler ValueError croniter 2027-01-31 cronsim 2027-01-31
0 9 ? * * APScheduler ValueError croniter 2027-01-01 cronsim CronSimError
0 9 * * fri-mon APScheduler ValueError croniter 2027-01-01 cronsim CronSimError
EOF
