"""A platform: a notice board, which is a folder of files."""

from precis_notice_board.account import AccountSettings
from precis_notice_board.adapter import Adapter

__all__ = ["AccountSettings", "Adapter"]
