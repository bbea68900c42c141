"""Claims at work: reads claims and studies in, pumps the generators, holds results to the invariants, writes them."""
