"""Crossref, NCBI, Europe PMC and Unpaywall on loopback: their formats, errors and limits; studies made for tests."""
