"""What the network side needs of Scrapy: every setting with its unit and reason. crawler/settings.py takes them over.

Every request is a row of the frontier, so whatever in Scrapy makes a request of its own is off: a redirect, a retry, a
refusal are outcomes of the row, and the spider hands them to the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawler.portal import Portal

_OFF = (
    "offsite.OffsiteMiddleware",  # lets start requests and redirects pass; crawler/scope.py does not
    "robotstxt.RobotsTxtMiddleware",  # crawls on 5xx, 403, time-out; crawler/robots.py stays out
    "httpauth.HttpAuthMiddleware",  # no credentials in the crawler at all
    "useragent.UserAgentMiddleware",  # crawler/manners.py names version and contact
    "retry.RetryMiddleware",  # knows no Retry-After, and its requests have no row
    "redirect.MetaRefreshMiddleware",
    "redirect.RedirectMiddleware",
    "httpcompression.HttpCompressionMiddleware",  # takes half a gzip for a page; crawler/compression.py
    "cookies.CookiesMiddleware",  # loads a list of domains from the net; crawler/cookies.py where `cookies = true`
    "httpproxy.HttpProxyMiddleware",  # $http_proxy would defeat the check of the address connected to
    "httpcache.HttpCacheMiddleware",
    "stats.DownloaderStats",  # the ledger counts
)

NETWORK_SETTINGS: dict[str, Any] = {
    # engine side first: an address is refused before robots.txt is fetched for it, and waits only when it may be asked
    "DOWNLOADER_MIDDLEWARES": {
        **{f"scrapy.downloadermiddlewares.{name}": None for name in _OFF},
        "crawler.scope.ScopeMiddleware": 50,
        "crawler.robots.RobotsMiddleware": 100,
        "crawler.compression.CompressionMiddleware": 590,
        "crawler.manners.MannersMiddleware": 990,  # nearest to the socket: one request in flight a host
    },
    "TWISTED_DNS_RESOLVER": "crawler.resolver.GuardedResolver",  # the address checked is the address connected to
    "DNSCACHE_ENABLED": False,  # each connection looks up, and checks, anew
    "DOWNLOAD_HANDLERS": {
        **dict.fromkeys(("data", "file", "ftp", "s3")),  # no such handler: http and https only
        **dict.fromkeys(("http", "https"), "crawler.handlers.BoundedHandler"),  # 256 KiB of headers at the most
    },
    "DOWNLOAD_VERIFY_CERTIFICATES": True,  # Scrapy's default is False; `verify_tls = false` in a definition
    "DOWNLOAD_MAXSIZE": 16 * 1024 * 1024,  # bytes of one body, on the wire and after decompression
    "DOWNLOAD_WARNSIZE": 4 * 1024 * 1024,  # bytes
    "DOWNLOAD_TIMEOUT": 30,  # seconds for one answer as a whole: also ends a slow drip
    "DOWNLOAD_FAIL_ON_DATALOSS": True,  # a body shorter than announced is an error, not a page
    "DOWNLOAD_DELAY": 0,  # seconds; the gate of the host waits, over all crawlers of the process
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "ROBOTSTXT_OBEY": False,  # Scrapy's own; crawler/robots.py obeys
    "REDIRECT_ENABLED": False,
    "METAREFRESH_ENABLED": False,
    "RETRY_ENABLED": False,
    "COOKIES_ENABLED": False,  # Scrapy's own: no cookie is kept, so none can follow a redirect
    "HTTPPROXY_ENABLED": False,
    "COMPRESSION_ENABLED": False,
    "REFERER_ENABLED": False,  # a page tells nobody where we were; nothing of `Referrer-Policy` is read
    "URLLENGTH_LIMIT": 0,  # Scrapy's drops in silence; crawler/scope.py refuses past 2083 characters, with a state
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    },
    "TELNETCONSOLE_ENABLED": False,  # no listening port
    "REMOTE_CONTROL_ENABLED": False,
    "JOBDIR": None,  # pickle, and not crash-safe
}


def settings_for(portal: Portal) -> dict[str, Any]:
    """What one portal's definition changes; for the `custom_settings` of its spider."""
    changed: dict[str, Any] = {}
    if portal.verify_tls is False:
        changed["DOWNLOAD_VERIFY_CERTIFICATES"] = False
    if portal.cookies:
        own = {"crawler.cookies.CookiesMiddleware": 950}
        changed["DOWNLOADER_MIDDLEWARES"] = {**NETWORK_SETTINGS["DOWNLOADER_MIDDLEWARES"], **own}
    return changed
