#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages feedparser==6.0.14 fastfeedparser==0.6.5
says "fastfeedparser, which PieFed uses, takes a media:title for the title of an item if it stands before the title;" \
  "feedparser does not. Both take the title if it stands first."
run_python <<'EOF'
import fastfeedparser
import feedparser

frame = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Osby</title>'
    "<link>https://example.org/</link><description>d</description><item>{}<link>https://example.org/a</link></item>"
    "</channel></rss>"
)
for item in ("<media:title>Photo of a mill</media:title><title>Mill burns</title>",
             "<title>Mill burns</title><media:title>Photo of a mill</media:title>"):
    feed = frame.format(item)
    print("feedparser", feedparser.parse(feed).entries[0].title, "| fastfeedparser", fastfeedparser.parse(feed).entries[0].title)
EOF
expect <<'EOF'
feedparser Mill burns | fastfeedparser Photo of a mill
feedparser Mill burns | fastfeedparser Mill burns
EOF
