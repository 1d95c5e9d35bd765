"""Worker processes that read untrusted pages under limits, and the function they run: Page to Digest."""
