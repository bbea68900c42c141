"""Everything that answers requests: files, kept replies, a live endpoint. The seam is `driver.Answer`.

Nothing is imported here, so that offline work never loads the client: `live` is imported only to go live.
"""
