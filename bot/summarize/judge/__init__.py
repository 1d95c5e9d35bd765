"""A fitted judge of sentences: which can stand alone, which are prose, and which a reader wants."""
