#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages pypdf==7.1.1 pdfminer.six==20260107 pypdfium2==5.15.2
says "PDFium begins a new line before raised letters, the others do not; a word drawn second but standing first is put" \
  "first by PDFium, in a paragraph of its own by pdfminer.six, and behind without a space by pypdf."
run_python <<'EOF'
from io import BytesIO

from pdfminer.high_level import extract_text
from pypdf import PdfReader
from pypdfium2 import PdfDocument

FONT = "BT /F1 12 Tf"


def pdf(stream):
    page = "/Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >>"
    bodies = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", f"<< {page} >>",
              f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    out, places = "%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    out += f"xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out.encode()


for stream in (
    f"{FONT} 20 150 Td (1) Tj /F1 7 Tf 5 Ts (st) Tj /F1 12 Tf 0 Ts ( May) Tj ET",
    f"{FONT} 70 150 Td (bridge) Tj ET {FONT} 20 150 Td (Osby) Tj ET",
):
    file = pdf(stream)
    print("pypdf", repr(PdfReader(BytesIO(file)).pages[0].extract_text()), "| pdfminer.six", repr(extract_text(BytesIO(file))),
          "| PDFium", repr(PdfDocument(file)[0].get_textpage().get_text_range()))
EOF
expect <<'EOF'
pypdf '1st May' | pdfminer.six '1st May\n\n\x0c' | PDFium '1\r\nst May'
pypdf 'bridgeOsby' | pdfminer.six 'Osby\n\nbridge\n\n\x0c' | PDFium 'Osby bridge'
EOF
