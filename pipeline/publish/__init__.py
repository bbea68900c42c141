"""A claim analysis becomes files: `view` says what is shown, `page`, `markdown` and `text` how, `writing` where.

Nothing here settles anything, and nothing here asks a model. Jinja is loaded when something is rendered, not before.
"""
