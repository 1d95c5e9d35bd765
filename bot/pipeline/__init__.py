"""One post through all stages: policy, fetch, extract, summarize, render."""
