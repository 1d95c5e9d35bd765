"""Make the text of a tree what a person reads: numbers keep their value, notes are left out."""

from collections.abc import Set as AbstractSet

from lxml.html import HtmlElement

from bot.extract.running_text.drop_caps import join_drop_caps, write_letter_pictures
from bot.extract.running_text.formulas import write_formulas
from bot.extract.running_text.glued_labels import set_labels_apart
from bot.extract.running_text.inline_controls import open_inline_controls
from bot.extract.running_text.notes import remove_notes
from bot.extract.running_text.quotation_marks import write_quotation_marks
from bot.extract.running_text.spoken_copies import keep_visible_copies
from bot.extract.running_text.superscripts import write_superscripts

__all__ = ["prepare_hidden_text", "prepare_running_text"]


def prepare_hidden_text(root: HtmlElement, class_attributes: AbstractSet[str]) -> None:
    """Write what depends on elements that are removed as hidden later, in place."""
    write_formulas(root, class_attributes)
    keep_visible_copies(root)
    write_letter_pictures(root)


def prepare_running_text(root: HtmlElement, class_attributes: AbstractSet[str]) -> None:
    """Change the tree in place; `root` has no hidden elements any more."""
    remove_notes(root, class_attributes)
    write_superscripts(root)
    write_quotation_marks(root)
    join_drop_caps(root)
    open_inline_controls(root)
    set_labels_apart(root)
