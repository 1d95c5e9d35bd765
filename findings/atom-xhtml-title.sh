#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages feedparser==6.0.14 fastfeedparser==0.6.5
says "An Atom title of type xhtml is markup in feedparser and the empty string in fastfeedparser."
run_python <<'EOF'
import fastfeedparser, feedparser

feed = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><id>urn:x:f</id>
<updated>2024-10-05T14:00:00Z</updated><entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Mill
<em>burns</em> down</div></title><id>urn:x:1</id><link rel="alternate" href="https://osby.example/1"/>
<updated>2024-10-05T14:00:00Z</updated></entry></feed>"""
print("feedparser", repr(" ".join(feedparser.parse(feed).entries[0].title.split())))
print("fastfeedparser", repr(fastfeedparser.parse(feed).entries[0].title))
EOF
expect <<'EOF'
feedparser 'Mill <em>burns</em> down'
fastfeedparser ''
EOF
