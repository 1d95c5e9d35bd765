"""Read pages with newspaper4k: their texts."""

import newspaper
from page_loop import run  # type: ignore[import-not-found]


def read(html: str, url: str) -> str:
    article = newspaper.Article(url, fetch_images=False)
    article.download(input_html=html)
    article.parse()
    return str(article.text)


run(read)
