"""Recognition: which platform made a page, by the clues that stand in the presets, and how sure that is.

A clue is a pattern over the page's own address, over the addresses it links to on its own site, or over its raw text
(comments and scripts too: that is where pagers hide). Clues count as independent witnesses: two of .6 make .84.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import urljoin

from archive.urls import host_of
from crawler.definitions import preset_file, preset_names

MAX_LINKS = 1_000
MAX_TEXT = 600_000  # characters looked at: a page's clues stand early and often
SURE = 0.6  # below, a guess is no answer
LINK = re.compile(
    r"\b(?:href|src)\s{0,3}=\s{0,3}(?:\"([^\"<>]{1,500})\"|'([^'<>]{1,500})'|([^\s\"'<>]{1,500}))"
    r"|\"(?:url|URL|link|href|DOCPUBURL)\"\s{0,3}:\s{0,3}\"([^\"<>]{1,500})\""
)


@dataclass(frozen=True, slots=True)
class Clue:
    """One sign of a platform: found in a page, it is worth `weight` (0 to 1)."""

    says: str
    where: str  # address, link, text
    pattern: re.Pattern[str]
    weight: float


@dataclass(frozen=True, slots=True)
class Platform:
    preset: str  # file name under crawler/presets/
    name: str
    about: str
    clues: tuple[Clue, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    platform: str  # preset
    certainty: float  # 0 to 1
    clues: tuple[str, ...]  # what was found, the weightiest first


@cache
def platforms() -> tuple[Platform, ...]:
    """Every platform there is a preset for."""
    return tuple(_platform(name) for name in preset_names())


def _platform(preset: str) -> Platform:
    values = preset_file(preset)
    clues = tuple(
        Clue(clue["says"], clue["where"], re.compile(clue["pattern"], re.MULTILINE), clue["weight"])
        for clue in values["clue"]
    )
    return Platform(preset, values["name"], values["about"], clues)


def recognise(text: str, url: str = "") -> tuple[Guess, ...]:
    """Every platform that the page (list, article or home page) shows a clue of, the most certain first."""
    links = _links(text, url)
    found = (_guess(platform, text[:MAX_TEXT], url, links) for platform in platforms())
    return tuple(
        sorted((guess for guess in found if guess.clues), key=lambda guess: (-guess.certainty, guess.platform))
    )


def platform_of(text: str, url: str = "") -> str | None:
    """The preset of the platform that made the page, None where nothing is sure enough."""
    guesses = recognise(text, url)
    return guesses[0].platform if guesses and guesses[0].certainty >= SURE else None


def _guess(platform: Platform, text: str, url: str, links: str) -> Guess:
    worth = [(_worth(clue, text, url, links), clue.says) for clue in platform.clues]
    doubt = 1.0
    for weight, _ in worth:
        doubt *= 1 - weight
    said = tuple(says for weight, says in sorted(worth, key=lambda one: -one[0]) if weight)
    return Guess(platform.preset, round(1 - doubt, 2), said)


def _worth(clue: Clue, text: str, url: str, links: str) -> float:
    """The weight of a clue in this page. A single link proves little, unless it is the page's own address."""
    if clue.where == "text":
        return clue.weight if clue.pattern.search(text) else 0.0
    if clue.pattern.search(url):
        return clue.weight
    if clue.where == "address":
        return 0.0
    matches = clue.pattern.finditer(links)
    if next(matches, None) is None:
        return 0.0
    return clue.weight if next(matches, None) else clue.weight / 2


def _links(text: str, url: str) -> str:
    """The addresses that the page links to on its own site, one a line."""
    host = host_of(url)
    found: dict[str, None] = {}
    for match in LINK.finditer(text, 0, MAX_TEXT):
        address = re.sub(r"\s+", "", next(filter(None, match.groups()), ""))
        try:
            whole = urljoin(url, address)
        except ValueError:
            continue
        if not host or _site(host_of(whole)) == _site(host):
            found[whole] = None
        if len(found) >= MAX_LINKS:
            break
    return "\n".join(found)


def _site(host: str) -> str:
    """The host without its first name: www.x.gov.cn and czj.x.gov.cn are one site."""
    return host.partition(".")[2] if host.count(".") > 2 else host
