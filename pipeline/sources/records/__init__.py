"""Exports of databases and reference managers, and publishers' XML -> records: citation, text, what is known of it."""
