#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages inscriptis==2.7.6 html2text==2025.4.15 resiliparse==2.0.1 markdownify==1.2.3 html-text==0.7.1
says "inscriptis follows the value of a list item and not the start of the list, html2text and markdownify the start and" \
  "not the value, resiliparse neither; inscriptis doubles the marks of a quotation inside another."
run_python <<'EOF'
from html2text import html2text
from html_text import extract_text
from inscriptis import get_text
from markdownify import markdownify
from resiliparse.extract.html2text import extract_plain_text

page = "<html><body>{}</body></html>"
listed = page.format('<ol start="3"><li>c</li><li value="10">d</li><li>e</li></ol>')
quoted = page.format("<p>She said <q>it is <q>shut</q> now</q> of the snow<wbr>flake.</p>")
for name, read in (
    ("inscriptis", get_text), ("html2text", html2text), ("resiliparse", extract_plain_text),
    ("markdownify", markdownify), ("html-text", extract_text),
):
    print(name, read(listed).split(), read(quoted).strip())
EOF
expect <<'EOF'
inscriptis ['1.', 'c', '10.', 'd', '11.', 'e'] She said "it is ""shut"" now" of the snowflake.
html2text ['3.', 'c', '4.', 'd', '5.', 'e'] She said "it is "shut" now" of the snowflake.
resiliparse ['1.', 'c', '2.', 'd', '3.', 'e'] She said it is shut now of the snowflake.
markdownify ['3.', 'c', '4.', 'd', '5.', 'e'] She said "it is "shut" now" of the snowflake.
html-text ['c', 'd', 'e'] She said it is shut now of the snow flake.
EOF
