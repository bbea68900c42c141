"""Whatever an analyst gives, read into studies."""

from pipeline.sources.reading import Reading, read_source, read_study, read_text

__all__ = ["Reading", "read_source", "read_study", "read_text"]
