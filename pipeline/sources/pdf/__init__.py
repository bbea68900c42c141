"""PDF -> passages: opening and inspecting, runs, hidden text, lines, reading order, paragraphs."""
