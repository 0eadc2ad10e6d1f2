"""The tables of the archive, as SQL. Applied by archive/migrations.py; described in docs/architecture.md.

No table and no index needs a function of ours to be read: any SQLite shell opens the file.
"""

CORE = """
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  portal TEXT NOT NULL,
  started TEXT NOT NULL,            -- UTC, 2026-11-24T01:02:03Z, as every time the archive sets itself
  finished TEXT,
  outcome TEXT NOT NULL DEFAULT 'running',  -- or interrupted, or as crawler/summary.py says how it ended
  counts TEXT NOT NULL DEFAULT '{}', -- JSON: states of outcomes, verdicts, requests, bytes
  settings TEXT NOT NULL DEFAULT '{}' -- JSON: what was asked (full, limit, since …) and the version
);

CREATE TABLE captures (
  id INTEGER PRIMARY KEY,
  run_id INTEGER REFERENCES runs(id),
  url TEXT NOT NULL,
  method TEXT NOT NULL DEFAULT 'GET',
  fetched TEXT NOT NULL,
  status INTEGER NOT NULL,
  headers TEXT NOT NULL,            -- JSON list of [name, value]
  digest TEXT NOT NULL,             -- SHA-256, hex, of the payload as it stands in the record
  warc TEXT NOT NULL,               -- path under warc/
  "offset" INTEGER NOT NULL,
  length INTEGER NOT NULL,          -- compressed bytes of the record's gzip member
  truncated TEXT,                   -- WARC-Truncated reason
  revisit_of INTEGER REFERENCES captures(id), -- the capture whose record holds the payload, for a revisit record
  verdict TEXT,                     -- new, revisit, revision, reprint; or list, gone, blocked_challenge …
  origin TEXT                       -- file it was ingested from, vantage point of a merged archive
);
CREATE INDEX captures_url ON captures(url, fetched);
CREATE INDEX captures_digest ON captures(digest);

CREATE TABLE articles (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE,
  portal TEXT NOT NULL,
  section TEXT NOT NULL DEFAULT '',
  breadcrumb TEXT NOT NULL DEFAULT '[]',
  title TEXT NOT NULL,
  source TEXT,
  published TEXT,
  published_precision TEXT,
  author TEXT,
  editor TEXT,
  body TEXT NOT NULL DEFAULT '',
  body_html TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL DEFAULT 'article',
  document TEXT NOT NULL DEFAULT '{}',
  site TEXT NOT NULL DEFAULT '{}',
  attachments TEXT NOT NULL DEFAULT '[]',
  images TEXT NOT NULL DEFAULT '[]',
  lang TEXT,
  flags TEXT NOT NULL DEFAULT '[]',
  first_seen TEXT NOT NULL,
  last_seen TEXT NOT NULL,
  gone_since TEXT,                  -- first 404 or 410; cleared when the page returns
  gone_grade TEXT,                  -- once, lasting, soft_404, redirected_home, unlisted
  revision INTEGER NOT NULL DEFAULT 1,
  content_digest TEXT NOT NULL,     -- SHA-256, hex, of title and body (archive/fingerprint.py)
  body_digest TEXT NOT NULL DEFAULT '', -- of the body alone: equal under another headline means a reprint
  document_key TEXT,                -- host and the platform's own id of the document (archive/urls.py)
  capture_id INTEGER REFERENCES captures(id)
);
CREATE INDEX articles_newest ON articles(published DESC, first_seen DESC, id DESC);
CREATE INDEX articles_portal ON articles(portal, published);
CREATE INDEX articles_digest ON articles(content_digest);
CREATE INDEX articles_body ON articles(body_digest);
CREATE INDEX articles_key ON articles(document_key) WHERE document_key IS NOT NULL;

CREATE TABLE revisions (
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles(id),
  revision INTEGER NOT NULL,
  seen TEXT NOT NULL,
  cause TEXT NOT NULL,              -- publisher, rules
  capture_id INTEGER REFERENCES captures(id),
  title TEXT NOT NULL, breadcrumb TEXT NOT NULL, source TEXT, published TEXT, published_precision TEXT,
  author TEXT, editor TEXT, body TEXT NOT NULL, body_html TEXT NOT NULL, kind TEXT NOT NULL, document TEXT NOT NULL,
  site TEXT NOT NULL, attachments TEXT NOT NULL, images TEXT NOT NULL, lang TEXT, flags TEXT NOT NULL,
  content_digest TEXT NOT NULL,
  UNIQUE (article_id, revision)
);

CREATE TABLE evidence (
  article_id INTEGER NOT NULL REFERENCES articles(id),
  field TEXT NOT NULL, rule TEXT NOT NULL, raw TEXT NOT NULL, value TEXT NOT NULL DEFAULT '', chosen INTEGER NOT NULL
);
CREATE INDEX evidence_article ON evidence(article_id);

CREATE TABLE aliases (
  url TEXT PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles(id),
  kind TEXT NOT NULL,               -- redirect, same_text, page (a further page of the body), key (same article key)
  first_seen TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sections (
  id INTEGER PRIMARY KEY,
  portal TEXT NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,                -- first list page
  parent_id INTEGER REFERENCES sections(id),
  first_seen TEXT NOT NULL,
  last_seen TEXT NOT NULL,
  UNIQUE (portal, url)
);

CREATE TABLE section_visits (
  id INTEGER PRIMARY KEY,
  section_id INTEGER NOT NULL REFERENCES sections(id),
  run_id INTEGER NOT NULL REFERENCES runs(id),
  started TEXT NOT NULL, finished TEXT,
  pages_read INTEGER NOT NULL DEFAULT 0,
  items_listed INTEGER NOT NULL DEFAULT 0,
  declared_pages INTEGER, declared_records INTEGER,
  items_held INTEGER,
  digest TEXT,                      -- of the first list page's rows
  capture_id INTEGER REFERENCES captures(id),
  complete INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX section_visits_section ON section_visits(section_id, run_id);

CREATE TABLE article_sections (      -- an article stands in several columns
  article_id INTEGER NOT NULL REFERENCES articles(id),
  section_id INTEGER NOT NULL REFERENCES sections(id),
  first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
  PRIMARY KEY (article_id, section_id)
) WITHOUT ROWID;

CREATE TABLE section_rows (          -- what a column listed, when, and where: census, absence, salience
  section_id INTEGER NOT NULL REFERENCES sections(id),
  frontier_id INTEGER NOT NULL,
  first_listed TEXT NOT NULL, last_listed TEXT NOT NULL, last_run INTEGER NOT NULL,
  position INTEGER NOT NULL,         -- 1 = top of the first page, in the last walk
  title TEXT NOT NULL, date TEXT,
  PRIMARY KEY (section_id, frontier_id)
) WITHOUT ROWID;

CREATE TABLE links (                 -- list rows that lead elsewhere: never articles
  section_id INTEGER NOT NULL REFERENCES sections(id),
  url TEXT NOT NULL, title TEXT NOT NULL, date TEXT, kind TEXT NOT NULL,  -- external, file
  first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
  PRIMARY KEY (section_id, url)
) WITHOUT ROWID;

CREATE TABLE files (                 -- attachments held under files/ by digest
  digest TEXT PRIMARY KEY, size INTEGER NOT NULL, type TEXT NOT NULL, fetched TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE article_files (
  article_id INTEGER NOT NULL REFERENCES articles(id), url TEXT NOT NULL, name TEXT NOT NULL,
  digest TEXT REFERENCES files(digest), state TEXT NOT NULL,
  PRIMARY KEY (article_id, url)
) WITHOUT ROWID;

CREATE TABLE reprints (
  article_id INTEGER NOT NULL REFERENCES articles(id),   -- the later published
  original_id INTEGER NOT NULL REFERENCES articles(id),  -- the earliest of its text
  score REAL NOT NULL,
  kind TEXT NOT NULL,               -- exact, near
  PRIMARY KEY (article_id, original_id)
) WITHOUT ROWID;
CREATE INDEX reprints_original ON reprints(original_id);

CREATE TABLE sentence_hashes (        -- fingerprints: eight smallest sentence hashes per article
  hash INTEGER NOT NULL, article_id INTEGER NOT NULL, PRIMARY KEY (hash, article_id)
) WITHOUT ROWID;

CREATE TABLE tombstones (             -- dibao forget: what was removed, and never comes back
  url TEXT PRIMARY KEY, content_digest TEXT, payload_digest TEXT, reason TEXT NOT NULL, forgotten TEXT NOT NULL
) WITHOUT ROWID;
"""

# One row an address, in exactly one state (archive/frontier.py lists the states).
FRONTIER = """
CREATE TABLE frontier (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,         -- canonical address; "POST <address> <digest of body>" where it is no plain GET
  url TEXT NOT NULL,                -- as it will be asked
  portal TEXT NOT NULL,
  kind TEXT NOT NULL,               -- list, article, page, file
  section_id INTEGER REFERENCES sections(id),
  request TEXT,                     -- JSON {method, body, headers, meta} where it is no plain GET
  state TEXT NOT NULL,
  reason TEXT,                      -- one line, for a state that needs one
  priority INTEGER NOT NULL DEFAULT 0,
  depth INTEGER NOT NULL DEFAULT 0, -- redirects followed to get here
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before REAL NOT NULL DEFAULT 0, -- Unix seconds
  parent_id INTEGER,                -- redirected from; article a further page belongs to
  discovered_run INTEGER NOT NULL,
  discovered_pass INTEGER NOT NULL DEFAULT 1,
  run_id INTEGER NOT NULL,          -- last run that took it up
  list_title TEXT, list_date TEXT,  -- as the list row printed them
  etag TEXT, last_modified TEXT, payload_digest TEXT,
  checked TEXT, next_check TEXT,
  article_id INTEGER REFERENCES articles(id)
);
CREATE INDEX frontier_todo ON frontier(portal, state, priority DESC, id) WHERE state IN ('pending', 'leased');
CREATE INDEX frontier_state ON frontier(portal, state);
CREATE INDEX frontier_next_check ON frontier(portal, next_check) WHERE next_check IS NOT NULL;
CREATE INDEX frontier_section ON frontier(section_id, kind);
CREATE INDEX frontier_article ON frontier(article_id) WHERE article_id IS NOT NULL;

CREATE TABLE outcomes (
  run_id INTEGER NOT NULL REFERENCES runs(id),
  frontier_id INTEGER NOT NULL REFERENCES frontier(id),
  state TEXT NOT NULL,              -- pending until it is settled
  reason TEXT,
  status INTEGER, bytes INTEGER NOT NULL DEFAULT 0, elapsed REAL,
  at TEXT, capture_id INTEGER REFERENCES captures(id),
  PRIMARY KEY (run_id, frontier_id)
) WITHOUT ROWID;

CREATE TABLE walks (                  -- one walk over the list pages of a column, resumed after a crash
  id INTEGER PRIMARY KEY,
  section_id INTEGER NOT NULL REFERENCES sections(id),
  run_id INTEGER NOT NULL REFERENCES runs(id),  -- run that began it
  visit_id INTEGER REFERENCES section_visits(id),
  pass INTEGER NOT NULL DEFAULT 1,
  pages_read INTEGER NOT NULL DEFAULT 0,         -- in this pass
  depth INTEGER NOT NULL DEFAULT 0,              -- pages asked for in the first pass: later passes go as deep
  new_found INTEGER NOT NULL DEFAULT 0,          -- addresses not known before, in this pass
  streak INTEGER NOT NULL DEFAULT 0,             -- known rows in a row, now
  first_row TEXT,                                -- marks of earlier pages: a repeat ends the walk
  full INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'open'             -- open, complete, cut
);
CREATE INDEX walks_open ON walks(section_id) WHERE state = 'open';

CREATE TABLE ledger (                 -- politeness, a row per host, day and run
  run_id INTEGER NOT NULL, host TEXT NOT NULL, day TEXT NOT NULL,
  requests INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
  statuses TEXT NOT NULL DEFAULT '{}', robots TEXT, backoffs INTEGER NOT NULL DEFAULT 0, waited REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (host, day, run_id)
) WITHOUT ROWID;
"""

# --- what later migrations add; a new archive runs them too -----------------------------------------------------------

# m0004: sentences that a column repeats in many of its articles (archive/forms.py).
FORMS = """
CREATE TABLE forms (
  portal TEXT NOT NULL, section TEXT NOT NULL,
  hash INTEGER NOT NULL,            -- of a sentence, as in sentence_hashes
  PRIMARY KEY (portal, section, hash)
) WITHOUT ROWID;
"""

# m0005: what each run saw of each column, and the alarms (archive/health.py).
HEALTH = """
CREATE TABLE health (
  run_id INTEGER NOT NULL REFERENCES runs(id),
  portal TEXT NOT NULL,
  section TEXT NOT NULL,            -- name of the column
  day TEXT NOT NULL,                -- date in China
  rows INTEGER,                     -- on the first list page; NULL: not read
  read INTEGER NOT NULL,            -- article pages that were new, changed, emptied or no article any more
  new INTEGER NOT NULL,             -- articles stored for the first time
  length INTEGER,                   -- median characters of the bodies
  filled TEXT NOT NULL,             -- JSON: field -> pages that had it
  pages TEXT NOT NULL,              -- JSON: field -> {"good": [url, capture_id], "bad": [url, capture_id]}
  odd INTEGER NOT NULL DEFAULT 0,   -- 1: raised a drift alarm, no measure for later runs
  PRIMARY KEY (portal, section, run_id)
) WITHOUT ROWID;

CREATE TABLE alarms (
  id INTEGER PRIMARY KEY,
  portal TEXT NOT NULL,
  section TEXT NOT NULL DEFAULT '', -- '' = the whole portal
  kind TEXT NOT NULL,               -- drift, silent, challenged
  run_id INTEGER NOT NULL,          -- that opened it
  opened TEXT NOT NULL,             -- UTC
  last_seen TEXT NOT NULL,
  cleared TEXT,                     -- NULL: open
  message TEXT NOT NULL,
  evidence TEXT NOT NULL DEFAULT '{}' -- JSON: figures, addresses and captures, a proposed selector
);
CREATE UNIQUE INDEX alarms_open ON alarms(portal, section, kind) WHERE cleared IS NULL;

CREATE TABLE probes (                 -- what a portal answers for an address that cannot exist (crawler/probe.py)
  portal TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  asked TEXT NOT NULL,              -- UTC
  status INTEGER NOT NULL,
  capture_id INTEGER REFERENCES captures(id)
) WITHOUT ROWID;
"""

# m0006: when a kept state was superseded, so that `--as-of` need not guess it from captures. Of older rows: when the
# next state was first seen, which is right for every change by the publisher.
PROVENANCE = """
ALTER TABLE revisions ADD COLUMN replaced TEXT;  -- UTC: from then on another state was the article's
UPDATE revisions SET replaced = coalesce(
  (SELECT n.seen FROM revisions n WHERE n.article_id = revisions.article_id AND n.revision = revisions.revision + 1),
  (SELECT c.fetched FROM articles a JOIN captures c ON c.id = a.capture_id WHERE a.id = revisions.article_id),
  seen);
"""

# m0007: an exact digest of all that was read from a page; content_digest folds compatibility forms and white space, so
# that a flipped bit could hide in it. Filled by archive/migrations.py for what is held already.
FIELDS_DIGEST = """
ALTER TABLE articles ADD COLUMN fields_digest TEXT NOT NULL DEFAULT '';
ALTER TABLE revisions ADD COLUMN fields_digest TEXT NOT NULL DEFAULT '';
"""

# m0008: the fingerprints of one article, without reading all of them.
FINGERPRINTS_OF = """
CREATE INDEX sentence_hashes_article ON sentence_hashes(article_id);
"""

# m0011: columns of a portal that are one section under changing names and addresses (archive/sections.py).
SECTION_NAMES = """
CREATE TABLE section_names (
  column_id INTEGER NOT NULL REFERENCES sections(id),
  section_id INTEGER NOT NULL REFERENCES sections(id), -- the first column of the section: itself, or one it continues
  name TEXT NOT NULL, url TEXT NOT NULL,
  first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
  PRIMARY KEY (column_id, name)
) WITHOUT ROWID;
CREATE INDEX section_names_section ON section_names(section_id);
INSERT INTO section_names SELECT id, id, name, url, first_seen, last_seen FROM sections;
"""

# m0012: what is looked up for each page stored. No condition is kept for a body of several pages (a 304 says nothing of
# its further pages), and an article's own address that led elsewhere is to be asked again.
LOOKUPS = """
CREATE INDEX section_rows_frontier ON section_rows(frontier_id);
CREATE INDEX aliases_article ON aliases(article_id);
CREATE INDEX frontier_parent ON frontier(parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX article_files_url ON article_files(url);
UPDATE frontier SET etag = NULL, last_modified = NULL
  WHERE article_id IN (SELECT article_id FROM aliases WHERE kind = 'page');
UPDATE frontier SET next_check = checked
  WHERE kind = 'article' AND state = 'redirected' AND key = (SELECT url FROM articles WHERE id = frontier.article_id);
"""

# m0013: what `dibao forget` leaves: places to be overwritten yet (archive/removal.py), ids not to be given again.
REMOVALS = """
CREATE TABLE removals (
  warc TEXT NOT NULL, "offset" INTEGER NOT NULL, length INTEGER NOT NULL,  -- a raw record, as in captures
  PRIMARY KEY (warc, "offset")
) WITHOUT ROWID;
CREATE TABLE given_ids (
  name TEXT PRIMARY KEY,            -- articles, captures
  highest INTEGER                   -- id given so far
) WITHOUT ROWID;
"""
