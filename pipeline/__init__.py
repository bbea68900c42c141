"""mechsyn: the model proposes, rules settle, the editor decides."""

__version__ = "0.1.0"
