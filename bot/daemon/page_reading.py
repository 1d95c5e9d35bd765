"""What reads pages: the fetcher, the worker processes, and the threads that process posts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

from bot.config import Config
from bot.core.models import Post
from bot.daemon.factories import make_fetcher, make_worker_pool
from bot.daemon.tuning import Tuning
from bot.inbox.services import InboxServices
from bot.pipeline.services import PipelineServices
from bot.pipeline.single_flight import SingleFlight
from bot.store import Database, MutedCommunities, PostQueue


class PageReading:
    """Created once in a process, and closed by `stack`."""

    def __init__(
        self, config: Config, tuning: Tuning, stack: ExitStack, shared_by: Database | None = None
    ) -> None:
        """`shared_by` is the database of a cluster."""
        self._config = config
        self._tuning = tuning
        self.fetcher = make_fetcher(config, tuning, shared_by)
        stack.callback(self.fetcher.close)
        self.worker_pool = make_worker_pool(config)
        stack.callback(self.worker_pool.close)
        # The processes need a second or two to start, and the first poll does not have to wait for them.
        self._pool_start = threading.Thread(
            target=self.worker_pool.start, name="worker-pool-start", daemon=True
        )
        self._pool_start.start()
        stack.callback(self._pool_start.join)
        self._single_flight = SingleFlight(self.fetcher.fetch, self.worker_pool.digest)

    def create_services(
        self,
        queue: PostQueue,
        muted_communities: MutedCommunities,
        inbox_services: InboxServices,
        fetch_post: Callable[[Post], Post],
    ) -> PipelineServices:
        """The services of the pipeline; `fetch_post` reads the current version of a post."""
        return PipelineServices(
            queue=queue,
            muted_communities=muted_communities,
            fetch=self._single_flight.fetch,
            digest=self._single_flight.digest,
            rules_for=inbox_services.rule_resolver.rules_for,
            dialect_of=inbox_services.dialects.__getitem__,
            source_url=self._config.bot.source_url,
            templates_for=self._config.templates.of,
            clock=self._tuning.clock,
            retries=self._tuning.retries,
            fetch_post=fetch_post,
            opted_out_or_paused=inbox_services.rule_resolver.opted_out_or_paused,
            footer_links=inbox_services.footer_links,
            link_checks=self._tuning.link_checks,
        )

    def interrupt(self) -> None:
        """Stop fetches and workers soon; the posts that are being processed are released."""
        self.fetcher.stop()
        self._pool_start.join()  # a pool cannot be stopped while it starts
        self.worker_pool.close()
