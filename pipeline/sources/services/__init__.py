"""Studies by identifier: what bibliographic services say, asked politely, verified, and kept as study forms."""
