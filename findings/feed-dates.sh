#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages feedparser==6.0.14 fastfeedparser==0.6.5
says "One item, two feed libraries: feedparser takes CEST for UTC and a Korean afternoon for midnight, and has no" \
  "date for German; fastfeedparser knows CEST and has no date for the other two."
run_python <<'EOF'
import fastfeedparser, feedparser

feed = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>https://osby.example/</link>
<description>News</description><item><title>Mill</title><link>https://osby.example/1</link><pubDate>{}</pubDate></item>
</channel></rss>"""
for day in ["Sat, 05 Oct 2024 14:00:00 CEST", "Sa, 05 Okt 2024 14:00:00 +0200", "2024-10-05 오후 2:00:00"]:
    parsed = feedparser.parse(feed.format(day)).entries[0].get("published_parsed")
    print(day, "|", parsed and tuple(parsed)[:6], "|", fastfeedparser.parse(feed.format(day)).entries[0].get("published"))
EOF
expect <<'EOF'
Sat, 05 Oct 2024 14:00:00 CEST | (2024, 10, 5, 14, 0, 0) | 2024-10-05T12:00:00+00:00
Sa, 05 Okt 2024 14:00:00 +0200 | None | None
2024-10-05 오후 2:00:00 | (2024, 10, 5, 0, 0, 0) | None
EOF
