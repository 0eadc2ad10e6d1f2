"""Scrapy settings, each with its unit and reason. `scrapy` reads them through scrapy.cfg, `dibao crawl` directly.

What the network side needs (scope, robots, manners, compression, limits) stands in crawler/network_settings.py.
"""

from crawler.network_settings import NETWORK_SETTINGS

BOT_NAME = "dibao"
SPIDER_LOADER_CLASS = "crawler.spiders.portal.PortalSpiderLoader"
SPIDER_MODULES: list[str] = []  # the loader makes one spider per definition
SCHEDULER = "crawler.scheduler.FrontierScheduler"
ITEM_PIPELINES = {"crawler.pipelines.StorePipeline": 100}

CONCURRENT_ITEMS = 8  # per response; the default of 100 starts 100 tasks each time (214 -> 300 pages/s)
CONCURRENT_REQUESTS = 16  # over all hosts of one portal; one a host is kept by crawler/manners.py
TELNETCONSOLE_ENABLED = False  # no listening port in unattended runs
REMOTE_CONTROL_ENABLED = False
LOG_LEVEL = "WARNING"  # what an operator should read comes from the logger "dibao"
LOG_FORMAT = "%(message)s"
STATS_DUMP = False
MEMUSAGE_LIMIT_MB = 2048  # ends the run in order; the frontier keeps the rest

globals().update(NETWORK_SETTINGS)
