"""Addresses: the one form an address is kept in, and the key of the document behind it.

`canonical_url` changes only what never names another page: letters' case of scheme and host, default port, fragment,
session ids, tracking parameters, doubled slashes, stray white space, the spelling of percent-escapes. Real queries
(`?a=dir&p=…`, `iList.jsp?…`) stay as they are, in their order.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

TRACKING = re.compile(r"^(?:utm_\w+|spm|from_source|share_token|gclid|fbclid|yclid|_t|timestamp|sessionid|jsessionid"
                      r"|phpsessid|aspsessionid\w*)$", re.IGNORECASE)  # fmt: skip
SESSION_IN_PATH = re.compile(r";(?:jsessionid|sid|phpsessid)=[^/;?]*", re.IGNORECASE)
SPACE = re.compile(r"[\s\u200b\ufeff]+")
DEFAULT_PORTS = {"http": 80, "https": 443}
# Characters that may stand bare in a path or a query; anything else is percent-encoded, once.
SAFE_PATH = "/:@!$&'()*+,;=-._~"
SAFE_QUERY = SAFE_PATH + "?[]|{}"

# Document ids that stay the same in every column and address form (docs/identity.md).
KEYS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("trs", re.compile(r"/t(\d{8}_\d+)(?:_\d+)?\.s?html?$")),
    ("ucap", re.compile(r"/([0-9a-f]{32})\.s?html$")),
    ("ucap-content", re.compile(r"/c\d+/c(\d+)/content\.shtml$")),
    ("ucap-number", re.compile(r"/c\d+/\d{6}/(\d{6,})\.shtml$")),
    ("ucap-number", re.compile(r"/c\d+/\d{4}/c(\d+_\d+)\.shtml$")),
    ("hanweb", re.compile(r"/art_(?:\d+_(\d+)|([0-9a-f]{32}))\.html$")),  # the first number is the column's
    ("nfcms", re.compile(r"/m?post_(\d+)\.html$")),
    ("vsb", re.compile(r"/info/\d+/(\d+)\.htm$")),
    ("vsb", re.compile(r"\.jsp\?(?=.*\burltype=news\.NewsContentUrl).*\bwbnewsid=(\d+)")),
    ("sitesources", re.compile(r"/article([0-9a-f]{32})\.html$")),
    ("ccontent", re.compile(r"/c(\d+)/content\.html$")),
    ("gov.cn", re.compile(r"/content_(\d+)\.s?html?$")),
    ("jeecms", re.compile(r"/(\d{5,})\.jhtml$")),
    ("henan", re.compile(r"/\d{4}/\d\d-\d\d/(\d{5,})\.html$")),
    ("nea", re.compile(r"/\d{8}/([0-9a-f]{32})/c\.html$")),
    ("dated", re.compile(r"/(\d{4}-\d\d-\d\d/\d+|\d{4}/\d{4}/\d+|\d{8}/\d+)\.html$")),  # natcm, safe, forestry
    ("longxun", re.compile(r"/[a-z]\w*/(\d{8,})\.html$")),
    ("longxun-public", re.compile(r"/public/\d+/(\d{6,})\.html$")),
)


def canonical_url(url: str, base: str | None = None) -> str:
    """The address as the archive keeps it; relative ones against `base`. Idempotent, never raises.

    What is no http(s) address comes back with its white space removed.
    """
    address = SPACE.sub("", url)
    try:
        parts = urlsplit(urljoin(base, address) if base else address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return address
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS or not host:
        return address
    netloc = _host(host) + (f":{port}" if port is not None and port != DEFAULT_PORTS[scheme] else "")
    path = re.sub(r"/{2,}", "/", SESSION_IN_PATH.sub("", _escaped(parts.path, SAFE_PATH))) or "/"
    path = urlsplit(urljoin(f"{scheme}://{netloc}/", path)).path or "/"  # dot segments
    return urlunsplit((scheme, netloc, path, _query(parts.query), ""))


def article_key(url: str) -> str | None:
    """`host family id` of the document, where the address carries its platform's document id; else None."""
    canonical = canonical_url(url)
    host = host_of(canonical)
    for family, pattern in KEYS:
        found = pattern.search(canonical)
        if found:
            return f"{host.removeprefix('www.')} {family} {'/'.join(filter(None, found.groups()))}"
    return None


def host_of(url: str) -> str:
    """The host of an address in lower case, or ""."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _host(host: str) -> str:
    if ":" in host:
        return f"[{host}]"
    try:
        return host.encode("ascii").decode().lower()
    except UnicodeEncodeError:
        try:
            return host.encode("idna").decode().lower()
        except UnicodeError:
            return quote(host.lower(), safe="%").lower()


def _escaped(text: str, safe: str) -> str:
    """Percent-encoded once: escapes of harmless characters are undone, others written in capitals."""
    kept = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    pieces = re.split(r"(%(?:2[35Ff]|26|3[DdFf]|2[Bb]|5[Cc]|0[0-9A-Fa-f]|1[0-9A-Fa-f]|7[Ff]|20))", kept)
    return "".join(
        piece.upper() if index % 2 else quote(unquote_to_bytes(piece), safe=safe) for index, piece in enumerate(pieces)
    )


def _query(query: str) -> str:
    kept = [pair for pair in query.split("&") if pair and not TRACKING.match(pair.partition("=")[0])]
    return "&".join(_escaped(pair, SAFE_QUERY) for pair in kept)
