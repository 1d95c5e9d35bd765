#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages praw==8.0.3
says "A link to the subreddit named gallery raises IndexError where any other subreddit raises InvalidURL, and posts" \
  "of the subreddits gallery and comments get the id comments."
run_python <<'EOF'
from praw.models import Submission

for path in ["pics/", "gallery/", "pics/comments/abc123/x/", "gallery/comments/abc123/x/", "comments/comments/abc123/x/"]:
    try:
        print(path, Submission.id_from_url("https://www.reddit.com/r/" + path))
    except Exception as error:
        print(path, type(error).__name__)
EOF
expect <<'EOF'
pics/ InvalidURL
gallery/ IndexError
pics/comments/abc123/x/ abc123
gallery/comments/abc123/x/ comments
comments/comments/abc123/x/ comments
EOF
