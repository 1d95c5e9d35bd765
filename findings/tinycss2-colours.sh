#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages tinycss2==1.5.1
says "color5 knows light-dark() and not color-mix(); rgb(300, 0, 0) keeps a red above 1 where a screen shows 1; the" \
  "reader for level 3 takes #fff8 of level 4 and not rebeccapurple, and no reader knows Canvas."
run_python <<'EOF'
from tinycss2 import color3, color4, color5

for text in (
    "color-mix(in srgb, red, blue)", "light-dark(white, black)", "rgb(300, 0, 0)", "rgba(0, 0, 0)", "#fff8",
    "rebeccapurple", "Canvas",
):
    print(text, [module.parse_color(text) for module in (color3, color4, color5)])
EOF
expect <<'EOF'
color-mix(in srgb, red, blue) [None, None, None]
light-dark(white, black) [None, None, color(srgb 1.0 1.0 1.0 / 1.0)]
rgb(300, 0, 0) [RGBA(red=1.1764705882352942, green=0.0, blue=0.0, alpha=1.0), color(srgb 1.1764705882352942 0.0 0.0 / 1.0), color(srgb 1.1764705882352942 0.0 0.0 / 1.0)]
rgba(0, 0, 0) [None, color(srgb 0.0 0.0 0.0 / 1.0), color(srgb 0.0 0.0 0.0 / 1.0)]
#fff8 [RGBA(red=1.0, green=1.0, blue=1.0, alpha=0.5333333333333333), color(srgb 1.0 1.0 1.0 / 0.5333333333333333), color(srgb 1.0 1.0 1.0 / 0.5333333333333333)]
rebeccapurple [None, color(srgb 0.4 0.2 0.6 / 1.0), color(srgb 0.4 0.2 0.6 / 1.0)]
Canvas [None, None, None]
EOF
