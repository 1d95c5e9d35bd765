"""Read pages with rs-trafilatura, the port to Rust, by its Python package: their texts."""

import rs_trafilatura  # type: ignore[import-not-found]
from page_loop import run  # type: ignore[import-not-found]


def read(html: str, url: str) -> str:
    return str(rs_trafilatura.extract(html, url=url).main_content or "")


run(read)
