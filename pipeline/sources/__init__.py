"""Whatever file an analyst gives, read into a `Study`."""

from pipeline.sources.reading import read_study, read_text

__all__ = ["read_study", "read_text"]
