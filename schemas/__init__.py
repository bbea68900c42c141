"""The nouns of mechsyn: frozen Pydantic models that refuse unknown fields. No I/O, no rules."""
