#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

says "A language that the crate does not know is not its neighbour: Greek, Hebrew, Thai, Georgian, Tamil and Catalan are" \
  "Vietnamese, Polish is German, Hungarian Portuguese, Romanian French."
run_rust 'whichlang = "=0.1.1"' <<'EOF'
fn main() {
    for (language, text) in [
        ("Polish", "Most jest zamknięty i nikt nie wie, kiedy zostanie otwarty."),
        ("Danish", "Broen er lukket, og ingen ved, hvornår den åbner."),
        ("Bulgarian", "Мостът е затворен и никой не знае кога ще отвори."),
        ("Greek", "Η γέφυρα είναι κλειστή και κανείς δεν ξέρει πότε θα ανοίξει."),
        ("Hebrew", "הגשר סגור ואיש אינו יודע מתי ייפתח."),
        ("Thai", "สะพานปิดและไม่มีใครรู้ว่าจะเปิดเมื่อไร"),
        ("Hungarian", "A híd zárva van, és senki sem tudja, mikor nyílik meg."),
        ("Romanian", "Podul este închis și nimeni nu știe când se va deschide."),
        ("Catalan", "El pont està tancat i ningú no sap quan obrirà."),
        ("Georgian", "ხიდი დაკეტილია და არავინ იცის, როდის გაიხსნება."),
        ("Tamil", "பாலம் மூடப்பட்டுள்ளது, எப்போது திறக்கும் என்று யாருக்கும் தெரியாது."),
    ] {
        println!("{language} {:?}", whichlang::detect_language(text));
    }
}
EOF
expect <<'EOF'
Polish Deu
Danish Swe
Bulgarian Rus
Greek Vie
Hebrew Vie
Thai Vie
Hungarian Por
Romanian Fra
Catalan Vie
Georgian Vie
Tamil Vie
EOF
