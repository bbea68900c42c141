"""Whatever an analyst gives, read into studies."""

from pipeline.sources.reading import PdfOptions, Reading, read_source, read_study, read_text

__all__ = ["PdfOptions", "Reading", "read_source", "read_study", "read_text"]
