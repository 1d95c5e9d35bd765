#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages httpx==0.28.1 httpx2==2.16.2 requests==2.34.2 yarl==1.25.1 furl==2.1.4
says "A host typed with an ideographic full stop is read by all but requests; a host in full-width letters is read" \
  "by yarl and furl and refused by requests, httpx and httpx2."
run_python <<'EOF'
import furl, httpx, httpx2, requests, yarl

readers = {
    "httpx": lambda u: httpx.URL(u).raw_host.decode(), "httpx2": lambda u: httpx2.URL(u).raw_host.decode(),
    "requests": lambda u: requests.Request("GET", u).prepare().url, "yarl": lambda u: yarl.URL(u).raw_host,
    "furl": lambda u: furl.furl(u).url,
}
for link in ["https://例え。テスト/", "https://ＥＸＡＭＰＬＥ.org/"]:
    for name, read in readers.items():
        try:
            print(name, read(link))
        except Exception as error:
            print(name, type(error).__name__)
EOF
expect <<'EOF'
httpx xn--r8jz45g.xn--zckzah
httpx2 xn--r8jz45g.xn--zckzah
requests InvalidURL
yarl xn--r8jz45g.xn--zckzah
furl https://xn--r8jz45g.xn--zckzah/
httpx InvalidURL
httpx2 InvalidURL
requests InvalidURL
yarl example.org
furl https://example.org/
EOF
