"""Load and check portal definitions: one TOML file each, in crawler/portals/<province or central>/<id>.toml.

The user's own folder, $DIBAO_PORTALS, is looked at first. Errors name the file, the key and the nearest valid name.
Loading one definition reads one file (and its preset); listing ids reads none.
"""

from __future__ import annotations

import os
import tomllib
import types
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, fields, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

from archive.urls import canonical_url
from crawler.definition_values import check_value
from crawler.errors import PortalError
from crawler.portal import ArticleRules, ListRules, PagerRules, Portal, Section, merged

UNIONS = (Union, types.UnionType)
PACKAGE = Path(__file__).parent
SCHEMA = 1  # of the definitions; the key `schema` may say so
# TOML table -> (record, field of Portal it fills)
TABLES: dict[str, tuple[type[Any], str]] = {
    "list": (ListRules, "list"),
    "article": (ArticleRules, "article"),
}
CRAWL_KEYS = (
    "delay_s", "every", "window", "recheck", "verify_tls", "cookies", "robots", "encoding", "attachments",
    "attachments_max_mb",
)  # fmt: skip


def load_portal(portal_id: str) -> Portal:
    """The definition with this id, its preset merged in.

    Raises PortalError for an unknown id (with the nearest one) or a definition that cannot be used.
    """
    path = portal_files().get(portal_id)
    if path is None:
        near = get_close_matches(portal_id, portal_files(), 1, 0.6)
        hint = f"nearest: {near[0]}" if near else "`dibao portals` lists them"
        raise PortalError(f"no portal {portal_id!r} ({hint}); a column's address, http://…, works without a definition")
    return read_definition(path)


def portal_ids() -> list[str]:
    """Every id there is a definition for."""
    return sorted(portal_files())


def portal_files() -> dict[str, Path]:
    """id -> file; the user's own folder before the package's. Raises PortalError for two files of one id."""
    found: dict[str, Path] = {}
    for folder in _folders():
        here: dict[str, Path] = {}
        for path in sorted(folder.rglob("*.toml")):
            if path.stem in here:
                raise PortalError(
                    f"two definitions have the id {path.stem!r}: {here[path.stem]} and {path}; rename one"
                )
            here[path.stem] = path
        found = here | found
    return found


def _folders() -> Iterator[Path]:
    own = os.environ.get("DIBAO_PORTALS")
    if own:
        folder = Path(own)
        if not folder.is_dir():
            raise PortalError(f"$DIBAO_PORTALS: no folder {own}")
        yield folder
    yield PACKAGE / "portals"


def read_definition(path: Path) -> Portal:
    """Read, check and merge one file. Raises PortalError."""
    values = read_toml(path)
    if values.get("id") != path.stem:
        raise PortalError(
            f"{_short(path)}: id is {values.get('id')!r}, the file is called {path.stem}; they must agree"
        )
    return define(values, _short(path))


def define(given: Mapping[str, Any], where: str) -> Portal:
    """The portal that a definition's values describe, checked, its preset merged in. Raises PortalError."""
    values = dict(given)
    if (schema := values.pop("schema", SCHEMA)) != SCHEMA:
        raise PortalError(
            f"{where}: written for schema {schema!r}, this Dibao reads {SCHEMA}: upgrade Dibao, or take the line "
            "`schema` out and name the keys as docs/portals.md does"
        )
    crawl = _table(values, "crawl", where)
    _known(crawl, CRAWL_KEYS, f"{where}: [crawl]")
    sections = values.pop("section", [])
    if not isinstance(sections, list) or not all(isinstance(section, dict) for section in sections):
        raise PortalError(f"{where}: section must be tables: write [[section]]")
    tables = {name: _table(values, name, where) for name in TABLES}
    allowed = [f.name for f in fields(Portal) if f.name not in (*TABLES, "sections", *CRAWL_KEYS)]
    _known(values, [*allowed, "crawl", "section", *TABLES], where)
    preset = load_preset(values["preset"], where) if values.get("preset") else {}
    records = {field: _record(kind, _under(tables[name], preset.get(name, {})), f"{where}: [{name}]")
               for name, (kind, field) in TABLES.items()}  # fmt: skip
    portal = _record(
        Portal,
        {**_under(crawl, preset.get("crawl", {})), **values, **records,
         "sections": tuple(_record(Section, section, f"{where}: [[section]] {number}")
                           for number, section in enumerate(sections, 1))},
        where,
    )  # fmt: skip
    _each_once(portal.sections, where)
    return _with_hosts(portal)


def _each_once(sections: Sequence[Section], where: str) -> None:
    """Whether each column has a name and an address of its own: lists are asked by one, alarms kept by the other."""
    for key, cure in (("url", "leave one out"), ("name", "call one otherwise")):
        known: dict[str, int] = {}
        for number, section in enumerate(sections, 1):
            value = canonical_url(section.url) if key == "url" else section.name
            if known.setdefault(value, number) != number:
                raise PortalError(f"{where}: [[section]] {number}: {key} is that of [[section]] {known[value]}, "
                                  f"{value!r}; {cure}")  # fmt: skip


def load_preset(name: str, where: str = "preset") -> Mapping[str, Any]:
    """The rules of crawler/presets/<name>.toml. Raises PortalError with the nearest name."""
    return {key: value for key, value in preset_file(name, where).items() if key in (*TABLES, "crawl")}


@cache
def preset_file(name: str, where: str = "preset") -> Mapping[str, Any]:
    """All of crawler/presets/<name>.toml: rules, what the platform is called, its clues (crawler/platforms.py)."""
    path = PACKAGE / "presets" / f"{name}.toml"
    if not path.is_file():
        names = preset_names()
        near = get_close_matches(name, names, 1, 0.4)
        raise PortalError(f"{where}: no preset {name!r} (nearest: {near[0] if near else ', '.join(names)})")
    return read_toml(path)


def preset_names() -> list[str]:
    """Every platform there is a preset for."""
    return sorted(path.stem for path in (PACKAGE / "presets").glob("*.toml"))


def read_toml(path: Path) -> dict[str, Any]:
    """The values of a TOML file. Raises PortalError."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PortalError(f"{_short(path)}: not readable TOML: {error}") from None
    except OSError as error:
        raise PortalError(f"{_short(path)}: {error.strerror}") from None


def _short(path: Path) -> str:
    """The path as a person would name it."""
    return str(path.relative_to(PACKAGE.parent)) if path.is_relative_to(PACKAGE.parent) else str(path)


def _table(values: dict[str, Any], name: str, where: str) -> dict[str, Any]:
    table = values.pop(name, {})
    if not isinstance(table, dict):
        raise PortalError(f"{where}: {name} must be a table: write [{name}]")
    return table


def _known(values: Mapping[str, Any], names: Any, where: str) -> None:
    for key in values:
        if key not in names:
            near = get_close_matches(key, names, 1, 0.5)
            raise PortalError(
                f"{where}: unknown key {key!r} (nearest: {near[0] if near else ', '.join(sorted(names))})"
            )


def _under(own: Mapping[str, Any], preset: Mapping[str, Any]) -> dict[str, Any]:
    """The definition's own keys over the preset's, tables inside tables too."""
    result = dict(preset)
    for key, value in own.items():
        below = preset.get(key)
        result[key] = _under(value, below) if isinstance(value, dict) and isinstance(below, dict) else value
    return result


def _record(kind: type[Any], values: Mapping[str, Any], where: str) -> Any:
    """Build a record of `kind`, every key and type checked, nested records too."""
    names = [f.name for f in fields(kind) if f.metadata.get("key", True)]
    _known(values, names, where)
    hints = get_type_hints(kind)
    arguments = {}
    for key, value in values.items():
        if isinstance(value, dict) and key in ("pager", "list"):
            value = _record(PagerRules if key == "pager" else ListRules, value, f"{where}.{key}")
        arguments[key] = _typed(hints[key], value, f"{where}: {key}")
        check_value(kind, key, arguments[key], where)
    missing = [f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING
               and f.name not in arguments]  # fmt: skip
    if missing:
        raise PortalError(f"{where}: {missing[0]} is missing")
    return kind(**arguments)


def _typed(hint: Any, value: Any, where: str) -> Any:
    """`value` if it is of the type that `hint` names, lists in it as tuples. Raises PortalError."""
    accepted = [one for one in (get_args(hint) if get_origin(hint) in UNIONS else (hint,)) if one is not type(None)]
    for one in accepted:
        with suppress(TypeError):
            return _as(one, value)
    raise PortalError(f"{where} must be {' or '.join(map(_called, accepted))}, not {value!r}")


def _as(hint: Any, value: Any) -> Any:
    """`value` as a plain type, a tuple or a mapping of one. Raises TypeError for what is of another type."""
    plain, inner = get_origin(hint) or hint, get_args(hint)
    if plain is tuple and isinstance(value, list | tuple):
        hints = inner[:1] * len(value) if inner[-1] is ... else inner
        if len(hints) != len(value):
            raise TypeError
        return tuple(map(_as, hints, value))
    if plain is Mapping and isinstance(value, dict):
        return {key: _as(inner[1], child) for key, child in value.items()}
    if plain is float and type(value) is int:
        return float(value)
    if not isinstance(value, plain) or (isinstance(value, bool) and plain is not bool):
        raise TypeError
    return value


def _called(hint: Any) -> str:
    """A type as the writer of a definition knows it."""
    inner = get_args(hint)
    if get_origin(hint) is tuple:
        return f"list of {_called(inner[0])}" if inner[-1] is ... else f"[{', '.join(map(_called, inner))}]"
    return f"table of {_called(inner[1])}" if inner else str(hint.__name__)


def _with_hosts(portal: Portal) -> Portal:
    """Every host that the definition names may be asked."""
    urls = (portal.url, *(section.url for section in portal.sections))
    hosts = dict.fromkeys([*portal.hosts, *(urlsplit(url).hostname or "" for url in urls)])
    sections = tuple(replace(section, list=merged(section.list, portal.list)) for section in portal.sections)
    return replace(portal, hosts=tuple(hosts), sections=sections)
