"""Settings: `dibao.toml` in the working directory, or the file that $DIBAO_CONFIG names.

archive = "/srv/dibao"        # directory of the archive; $DIBAO_ARCHIVE and --archive go before it
contact = "name@example.org"  # stands in the user agent; $DIBAO_CONTACT goes before it
portals = ["erqi", "gov_cn"]  # what `dibao crawl --due` looks after: ids, or addresses of columns
log = "/var/log/dibao.log"    # what crawls write one line an event to; --log goes before it

[queries]                     # saved queries: `dibao search @flood`, `dibao export flood.csv @flood`
flood = "防汛 OR 抗旱 from:2021"
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from archive.errors import ConfigurationError

NAMED = re.compile(r'"[^"]*"|“[^”]*”|「[^」]*」|(?<![^\s(（|-])@([^\s()（）|]+)')  # quoted text, or @name
KEYS: dict[str, type] = {"archive": str, "contact": str, "portals": list, "log": str, "queries": dict}


@dataclass(frozen=True, slots=True)
class Config:
    archive: str | None = None
    contact: str | None = None
    portals: list[str] | None = None
    log: str | None = None
    queries: Mapping[str, str] = field(default_factory=dict)


def load_config(path: Path | None = None) -> Config:
    """The settings of `path`, $DIBAO_CONFIG or ./dibao.toml; all default where no file stands.

    Raises ConfigurationError for a file that was named and can't be read, an unknown key, a value of the wrong type.
    """
    named = path or (Path(os.environ["DIBAO_CONFIG"]) if os.environ.get("DIBAO_CONFIG") else None)
    file = named or Path("dibao.toml")
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        if named:
            raise ConfigurationError(f"{file}: no such file; $DIBAO_CONFIG must name a dibao.toml") from error
        return Config()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{file}: {error}") from error
    for key, value in values.items():
        _check(file, key, value)
    return Config(**values)


def archive_path(option: Path | None) -> Path:
    """The archive's directory: --archive, else $DIBAO_ARCHIVE, else `archive` in the configuration, else ./data.

    `~` is the home: no shell has seen what stands in a file or a unit.
    """
    return Path(os.path.expanduser(option or os.environ.get("DIBAO_ARCHIVE") or load_config().archive or "data"))


def saved_query(text: str) -> str:
    """The query `text`, with the saved ones that `@name` stands for in it; between quotes `@` is a character."""
    if "@" not in text:
        return text
    queries = load_config().queries
    if text.startswith("@") and text[1:] in queries:
        return queries[text[1:]]
    return NAMED.sub(lambda found: f"({_saved(found[1], queries)})" if found[1] else found[0], text)


def _saved(name: str, queries: Mapping[str, str]) -> str:
    if name not in queries:
        near = get_close_matches(name, queries, 1) or list(queries)[:1]
        hint = f"nearest: @{near[0]}" if near else "dibao.toml has no [queries]"
        raise ConfigurationError(f"no saved query @{name} ({hint}); put quotes round it to search for the text")
    return queries[name]


def _check(file: Path, key: str, value: object) -> None:
    if key not in KEYS:
        near = (get_close_matches(key, KEYS, 1) or list(KEYS))[0]
        raise ConfigurationError(f"{file}: unknown key {key!r} (nearest: {near!r})")
    if not isinstance(value, KEYS[key]):
        raise ConfigurationError(f"{file}: {key} must be a {KEYS[key].__name__}, not {value!r}")
    if isinstance(value, list):
        for item in value:
            if not isinstance(item, str):
                raise ConfigurationError(f"{file}: {key} must hold strings, not {item!r}")
    if isinstance(value, dict):
        for name, query in value.items():
            if not isinstance(query, str):
                raise ConfigurationError(f"{file}: queries.{name} must be a string, not {query!r}")


def contact_of_config() -> str | None:
    """Whom a portal can reach: $DIBAO_CONTACT, else `contact` in dibao.toml."""
    return os.environ.get("DIBAO_CONTACT") or load_config().contact
