#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages PyLD==3.3.0 rdflib==7.6.0
says "The same JSON-LD literal in de-AT is written as N-Quads with the tag in small letters by PyLD and as given by" \
  "rdflib, so that texts of the two do not compare."
run_python <<'EOF'
import json
import rdflib
from pyld import jsonld

data = {"@context": {"@vocab": "http://v.example/"}, "@id": "http://v.example/s", "n": {"@value": "Hof", "@language": "de-AT"}}
print("PyLD", jsonld.to_rdf(data, {"format": "application/n-quads"}).split()[2])
print("rdflib", rdflib.Graph().parse(data=json.dumps(data), format="json-ld").serialize(format="nt").split()[2])
EOF
expect <<'EOF'
PyLD "Hof"@de-at
rdflib "Hof"@de-AT
EOF
