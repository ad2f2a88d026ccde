"""Charters as files: written as DOCX, ODT, Markdown and PDF, read from DOCX, ODT, Markdown and plain text."""
