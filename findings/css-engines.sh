#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages cssselect==1.6.0 lxml==6.1.3 soupsieve==4.1.3 beautifulsoup4==4.15.0 cssselect2==0.10.1
says "cssselect knows the case flag of attributes but neither lists in :not() nor :nth-child(of); soupsieve and" \
  "cssselect2 know all of them, and soupsieve alone calls an element with a space in it empty."
run_python <<'EOF'
import bs4, cssselect2, lxml.etree, lxml.html

page = ('<html lang="de"><body><p id="p1" class="x" data-x="a">eins</p><p id="p2"> </p><p id="p3" class="x">zwei</p>'
        '<p id="p4"></p></body></html>')
root = cssselect2.ElementWrapper.from_html_root(lxml.etree.HTML(page))
engines = {
    "cssselect": lambda s: [e.get("id") for e in lxml.html.fromstring(page).cssselect(s)],
    "soupsieve": lambda s: [e.get("id") for e in bs4.BeautifulSoup(page, "lxml").select(s)],
    "cssselect2": lambda s: [e.etree_element.get("id") for e in root.query_all(s)],
}
for selector in ["[data-x=A i]", ":nth-child(2 of .x)", "p:not(.x, #p2)", "p:empty"]:
    for name, select in engines.items():
        try:
            print(selector, name, select(selector))
        except Exception as error:
            print(selector, name, type(error).__name__)
EOF
expect <<'EOF'
[data-x=A i] cssselect ['p1']
[data-x=A i] soupsieve ['p1']
[data-x=A i] cssselect2 ['p1']
:nth-child(2 of .x) cssselect SelectorSyntaxError
:nth-child(2 of .x) soupsieve ['p3']
:nth-child(2 of .x) cssselect2 ['p3']
p:not(.x, #p2) cssselect SelectorSyntaxError
p:not(.x, #p2) soupsieve ['p4']
p:not(.x, #p2) cssselect2 ['p4']
p:empty cssselect ['p4']
p:empty soupsieve ['p2', 'p4']
p:empty cssselect2 ['p4']
EOF
