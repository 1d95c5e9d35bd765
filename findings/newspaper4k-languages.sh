#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

python_packages newspaper4k==0.9.4.1 lxml-html-clean==0.4.6
says "Without extras, pages in Thai, Japanese and Hindi raise for a missing package and Korean ones for data of nltk;" \
  "Hebrew and Belarusian give an empty text and no error; Georgian and Icelandic are read."
run_python <<'EOF'
from newspaper import Article

texts = {
    "th": "สภาเมืองออสบีลงมติในวันอังคารให้สร้างสะพานเก่าขึ้นใหม่ซึ่งปิดมาตั้งแต่น้ำท่วมในเดือนมีนาคม",
    "ja": "オスビー市議会は火曜日、三月の洪水以来閉鎖されている古い橋を再建することを決めた。工事は来春に始まる。",
    "hi": "ओस्बी की परिषद ने मंगलवार को बाढ़ के बाद से बंद पुराने पुल को फिर से बनाने का फैसला किया।",
    "ko": "오스비 시의회는 화요일 홍수 이후 폐쇄된 옛 다리를 다시 세우기로 결정했다. 공사는 내년 봄에 시작된다.",
    "he": "מועצת אוסבי החליטה ביום שלישי לבנות מחדש את הגשר הישן שנסגר מאז השיטפון. העבודה תתחיל באביב.",
    "be": "Гарадская рада Осбі ў аўторак вырашыла адбудаваць стары мост, які быў закрыты пасля паводкі на рацэ.",
    "ka": "ოსბის საბჭომ სამშაბათს გადაწყვიტა ძველი ხიდის აღდგენა, რომელიც წყალდიდობის შემდეგ დაიხურა.",
    "is": "Bæjarstjórn Osby ákvað á þriðjudag að endurbyggja gömlu brúna sem hefur verið lokuð síðan flóðið varð í mars.",
}
for language, text in texts.items():
    article = Article("https://osby.example/a")
    body = "".join(f"<p>{text} {number}</p>" for number in range(8))
    article.download(input_html=f'<html lang="{language}"><head><title>x</title></head><body><article>{body}</article></body></html>')
    try:
        article.parse()
        print(language, "text" if article.text else "empty")
    except Exception as error:
        print(language, type(error).__name__)
EOF
expect <<'EOF'
th ImportError
ja ImportError
hi ImportError
ko LookupError
he empty
be empty
ka text
is text
EOF
