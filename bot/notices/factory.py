"""Creates what tells the operator, from the config."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from bot.config import Config
from bot.config.notify_settings import NotifyTarget
from bot.fetch import user_agent
from bot.notices.background_sender import BackgroundSender
from bot.notices.conditions import find_conditions, observe
from bot.notices.event_sender import EventSender
from bot.notices.heartbeat import HeartbeatSender
from bot.notices.http_post import host_of_address, post
from bot.notices.messages import Message
from bot.notices.notifier import Notifier
from bot.notices.web_forms import request_of
from bot.operations.health import Health
from bot.store import Database
from bot.store.condition_states import ConditionStates
from bot.store.outcome_events import OutcomeEvents

SendMessage = Callable[[Message], str]
"""Sends a message and returns the server's answer as a clause. Raises `DeliveryError`."""


def make_notifier(
    config: Config, database: Database, health: Health, clock: Callable[[], datetime]
) -> Notifier:
    """The notifier for all targets of `[notify.NAME]`."""
    senders = {
        name: BackgroundSender("notices", send, to=name) for name, send in make_targets(config).items()
    }
    return Notifier(
        lambda now: find_conditions(config, observe(database, now), now, health),
        ConditionStates(database),
        senders,
        clock,
    )


def make_targets(config: Config) -> Mapping[str, SendMessage]:
    """How to send a message to each target, by name."""
    agent = user_agent(config.bot.owner)
    return {name: _make_target(target, agent) for name, target in config.notify.items()}


def _make_target(target: NotifyTarget, agent: str) -> SendMessage:
    if target.is_mail:
        from bot.notices.mail import send_mail  # here: it loads smtplib

        return lambda message: send_mail(target, message)

    def send(message: Message) -> str:
        request = request_of(message, target.web_form)
        headers = {**request.headers, "user-agent": agent}
        if target.token is not None:
            headers["authorization"] = f"Bearer {target.token.get_secret_value()}"
        return post(target.url.get_secret_value(), request.body, headers)

    return send


def description_of(target: NotifyTarget) -> str:
    """The form and the host of a target, without secrets."""
    form = "mail" if target.is_mail else target.web_form
    return f"{form}, {host_of_address(target.url.get_secret_value())}"


def make_heartbeat(config: Config, database: Database, health: Health) -> HeartbeatSender | None:
    """None if `[heartbeat]` has no address."""
    if config.heartbeat.url is None:
        return None
    address, agent = config.heartbeat.url.get_secret_value(), user_agent(config.bot.owner)
    return HeartbeatSender(address, agent, health, lambda: database.write_error is None)


def make_event_sender(
    config: Config, database: Database, clock: Callable[[], datetime]
) -> EventSender | None:
    """None if `[events]` has no address."""
    if config.events.url is None:
        return None
    address, agent = config.events.url.get_secret_value(), user_agent(config.bot.owner)
    return EventSender(address, agent, OutcomeEvents(database), clock, config.events.only)
