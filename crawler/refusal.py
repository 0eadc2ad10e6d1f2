"""Refusal: one of our own gates said no before, or instead of, an answer."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


class Refusal(IgnoreRequest):
    """`state` is the frontier state the address ends in (archive/frontier.py), `reason` one line for the operator."""

    def __init__(self, state: str, reason: str) -> None:
        super().__init__(f"{state}: {reason}")
        self.state = state
        self.reason = reason
