"""Read documents that are not web pages: PDF files, plain text and Markdown."""

from bot.extract.documents.document_kind import DocumentKind, document_kind

__all__ = ["DocumentKind", "document_kind"]
