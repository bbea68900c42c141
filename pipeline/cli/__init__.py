"""The command line: thin commands, no rules. Results go to stdout, everything else to stderr."""
