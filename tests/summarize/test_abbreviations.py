"""Abbreviations, initials and ordinals: each case is a text with a bar where it must be split."""

from __future__ import annotations

from importlib.resources import files

import pytest

from bot.summarize.sentence_rules import boundary_rules
from bot.summarize.sentence_splitter import split_sentences

TITLES = [
    ("en", "Sen. Mara Quill met Pres. Otto Lund and Amb. Ines Paz. | Talks go on."),
    ("en", "The letter from Sgt. Dale Moor and Cpl. Ann Reed was read. | It was short."),
    (
        "de",
        "Das sagten Pfr. Ebner, Hptm. Kurz und Prof. Dr. phil. Anna Weiß. | Mehr wollten sie nicht sagen.",
    ),
    ("fr", "Le Dr Faye, Mgr. Colin et le cdt. Moreau sont venus. | Le maire était absent."),
    ("it", "L'ing. Sarti e l'arch. Poli hanno firmato. | Poi è intervenuto il magg. Orsi."),
    ("es", "La Profa. Lugo y el Arq. Meza firmaron. | El Lic. Soto se negó."),
    ("pt", "A Profa. Melo e o Cmte. Reis assinaram. | Depois falou o Des. Couto."),
    ("nl", "Dat zeiden ds. Kuiper, mevr. Blom en Kol. Prins. | Verder bleef het stil."),
    ("sv", "Det säger löjtn. Ström och fru dr. Alm. | Mer ville de inte säga."),
    ("pl", "Doc. Wrona i ks. Duda milczeli. | Potem wystąpił płk. Lis."),
    ("tr", "Doç. Aksoy ile Av. Tuna konuştu. | Sonra Yzb. Er söz aldı."),
    ("cs", "Přišli mjr. Holub, doc. Bílek a MUDr. Jana Tichá. | Nikdo jiný nepromluvil."),
    ("hu", "Ifj. Vadász és özv. Lakatosné elment. | A többiek maradtak."),
    ("fi", "Paikalla olivat prof. Aho ja kapt. Salmi. | Muut lähtivät."),
    ("ro", "Au vorbit prof. Luca și ing. Bratu. | Nimeni nu a răspuns."),
    ("id", "Prof. Wibowo dan Ir. Sutrisno hadir. | Namun Kapt. Rahman tidak datang."),
    ("uk", "Доц. Гай і проф. Лис мовчали. | Потім виступив акад. Дуб."),
    ("ru", "Выступили проф. Гусев и акад. Рыбин. | Доц. Белов молчал."),
    ("bg", "Говориха проф. Стоев и инж. Дачев. | Акад. Милев мълча."),
    ("sr", "Говорили су проф. Симић и инж. Перић. | Акад. Лукић је ћутао."),
    ("vi", "GS.TS. Lý Hoài và BS. Mai Chi đến họp. | Họ không trả lời."),
    ("el", "Μίλησαν ο καθ. Δούκας και η κα. Ράπτη. | Ο κ. Σταύρου έφυγε."),
    ("ka", "პროფ. ბერიძე და აკად. ლომიძე მოვიდნენ. | სხვა არავინ ყოფილა."),
]
UNITS_AND_NUMBERS = [
    ("en", "Approx. 80 firms replied. | See vol. 3, no. 12."),
    ("en", "The wall is 6 ft. 2 in. high. | It was built in Feb. 1911."),
    ("de", "Rd. 90 Tsd. Euro fehlen laut Abs. 3 Ziff. 2 des Plans. | Das Amt liegt in der Schulstr. 11."),
    ("fr", "Voir l'al. 3 et l'art. 9 du texte. | Le n°. 4 manque."),
    ("es", "Consta en el núm. 8, pág. 40 y párr. 2. | Nadie lo leyó."),
    ("pt", "Está no núm. 8, pág. 40. | O apto. 12 está vazio."),
    ("sv", "Tåget går kl. 9 från spår nr. 4. | Det är sent."),
    ("nb", "Bussen går kl. 7. | Det er den første."),
    ("da", "Butikken lukker kl. 6. | Den åbner igen i morgen."),
    ("pl", "Biuro czynne do godz. 15 przy ul. Polnej 3, lok. 9. | Jutro będzie zamknięte."),
    ("cs", "Jednání bude 12. 3. 2026 v čís. 14. | Začne ráno."),
    ("uk", "Зустріч о 9 год. 15 хв. у буд. 4. | Вхід вільний."),
    ("tr", "Toplantı no. 7, kat. 3. | Kapı açık."),
    ("lt", "Rašoma 14 str. 2 d. ir p. 30. | Tai aišku."),
    ("ro", "Conform alin. 4 din art. 9, plata e de cca. 90 lei. | Termenul a trecut."),
    ("hu", "A ház a Fő u. 14. alatt áll. | Kb. 90 éves."),
    ("fi", "Kokous on klo. 9 huoneessa nro. 4. | Ovi on auki."),
    ("id", "Denda itu Rp. 90 juta menurut psl. 4. | Batasnya besok."),
    ("ru", "В 1987 г. Омск затопило. | Такого не было с 1931 г."),
    ("uk", "У 1987 р. Луцьк затопило. | Вода спала."),
    ("cs", "Bydlí v nám. Svobody č. 4. | Viz mapa."),
    ("pl", "Stoi przy pl. Solnym 7. | Np. Malinowski tam był."),
    ("de", "Die Fax-Nr. 12 und die Tel.-Nr. 13 gelten. | Mehr steht in Tab. 4."),
    ("xx", "Zat kl. 9 qur. 4 pst. 7 mol. | Bet nar."),
]
MAY_END = [
    ("en", "The gates close at 8 p.m. | Visitors must leave."),
    ("en", "He flew home at 8 p.m. Saturday with Tarn & Co. | His wife stayed."),
    ("es", "Abre a las 5 p. m. | Luego cierra."),
    ("de", "Es gibt Äpfel, Birnen usw. | Nüsse fehlen."),
    ("pl", "Zmarł w 1931 r. | Pochowano go w Gdyni."),
    ("pl", "Są tam koty, psy itp. | Zwierzęta mają opiekę."),
    ("ru", "Там продают рыбу, мясо и т. д. | Цены растут."),
    ("tr", "Elma, armut vb. | Fiyatlar arttı."),
    ("hu", "Van alma, körte stb. | Péter is vett."),
    ("sv", "Där finns äpplen, päron m.m. | Priserna stiger."),
    ("en", "Nothing came of Plan B. | The board resigned."),
]
NAMES_AND_INITIALS = [
    ("en", "It runs on .NET and Node.js. | Nobody minds."),
    ("en", "Nora K. P. Ahl wrote it. | J. A. Berg read it."),
    ("pl", "Autorem jest J. A. Kruk. | Książka ma 300 stron."),
    ("fr", "Le prix va à J.-L. Bazin. | Il a 40 ans."),
    ("it", "Lo scrive G. B. Orsini. | Nessuno lo legge."),
    ("nl", "Hij komt eraan. | 's Avonds is het stil."),
    ("nl", "Dat is zo. | 't Is koud."),
    ("hi", "श्री ए. के. राय और डॉ. सेन आए। | वे चले गए।"),
    ("bn", "ডা. সেন ও মো. আলী এলেন। | তারা চলে গেলেন।"),
    ("he", "פרופ. לוי ופרופ. כהן באו. | הם הלכו."),
    ("ar", "حضر د. سمير و أ. هدى. | لم يحضر غيرهما."),
]
OTHER_SCRIPTS = [
    ("ka", "მატარებელი გავიდა. | სადგური ცარიელია."),
    ("ka", "„წვიმა მოდის.“ | ბავშვები სახლში დარჩნენ."),
    ("ka", "2018 წელს ხიდი ჩაინგრა. | 2021 წელს აღადგინეს!"),
    ("ka", "ვინ მოვა? | არავინ იცის."),
    ("ka", "„ვწუხვარ“, – თქვა მან. | სხდომა დასრულდა."),
    ("km", "ភ្លៀងធ្លាក់ខ្លាំង។ | ផ្លូវត្រូវបានបិទ។"),
    ("bo", "ཆར་པ་བབས་སོང་། | ལམ་ཁ་བརྒྱབ་སོང་།"),
    ("my", "မိုးရွာသည်။ | လမ်းပိတ်ထားသည်။"),
    ("am", "ዝናብ ዘነበ። | መንገዱ ተዘጋ።"),
    ("hy", "Անձրև եկավ։ | Ճանապարհը փակ է։"),
    ("el", "Ποιος φταίει\u037e | Κανείς δεν ξέρει."),
    ("el", "Πότε αρχίζει; | Το Σάββατο."),
]


@pytest.mark.parametrize(
    ("language", "marked"), TITLES + UNITS_AND_NUMBERS + MAY_END + NAMES_AND_INITIALS + OTHER_SCRIPTS
)
def test_a_sentence_is_not_cut_at_an_abbreviation(language: str, marked: str) -> None:
    text = marked.replace(" | ", " ")
    assert [text[start:end] for start, end in split_sentences(text, language)] == marked.split(" | ")


LANGUAGES = sorted(
    path.name.removesuffix(".toml")
    for path in (files("bot.summarize") / "data" / "sentence_rules").iterdir()
    if path.name != "any.toml"
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_lists_of_a_language_do_not_contradict_each_other(language: str) -> None:
    rules = boundary_rules(language)
    assert not rules.never_final & rules.starters
    words = rules.never_final | rules.rarely_final | rules.before_numbers | rules.may_be_final
    assert not [word for word in words if word.endswith(".") or " " in word]


def test_a_language_without_lists_has_those_of_every_language() -> None:
    assert "Nr" in boundary_rules("xx").before_numbers
    assert not boundary_rules("xx").starters
    assert boundary_rules("") == boundary_rules("en")
    assert boundary_rules("../en") == boundary_rules("xx")
    assert "др" in boundary_rules("be").may_be_final
