"""A title that is an error message as a whole, and a headline with a number or a few such words."""

import pytest

from bot.extract.error_titles import is_error_title


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "Error 503",
        "404 - Page not found",
        "Oops! That page can’t be found",
        "403 Forbidden",
        "Just a moment...",
        "Access Denied",
        "Sorry, you have been blocked",
        "Scheduled maintenance",
        "Account Suspended",
        "Seite nicht gefunden - Fehler 404",
        "Page introuvable",
        "Página no encontrada | Lanby",
        "Accesso negato",
        "Strona nie istnieje",
        "Страница не найдена",
        "Erişim engellendi",
        "お探しのページが見つかりません",
        "页面不存在",
        "페이지를 찾을 수 없습니다",
    ],
)
def test_an_error_message_is_one(title: str) -> None:
    assert is_error_title(title)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "404 Media buys a printing house",
        "410,000 voters stayed at home",
        "500 days later, the tunnel opens",
        "503: the number that saved a lighthouse",
        "403 (or so) reasons to learn Finnish",
        "How a page not found in the archive turned up in a barn",
        "Maintenance workers strike at the port of Lanby",
        "The day something went wrong on the ferry to Lanby",
        "Forbidden city opens its northern gate",
        "Just a moment of silence for the drowned sailors",
        "Access denied: families wait outside the courtroom",
        "Service unavailable to rural patients, report says",
        "Wartungsarbeiten an der Brücke dauern bis Mai",
        "Un instant de calme au marché de Lanby",
    ],
)
def test_a_headline_is_none(title: str) -> None:
    assert not is_error_title(title)
