"""`dibao extract --explain`: for each field its value, the rule that gave it, and the values that lost."""

from __future__ import annotations

from archive.records import Article
from archive.terminal import clean, cut, table

FIELDS = ("breadcrumb", "title", "source", "published", "author", "editor", "body")


def explain_table(article: Article) -> str:
    """A table a person can read; flags below it."""
    rows = []
    for name in FIELDS:
        chosen = [e for e in article.evidence if e.field == name and e.chosen]
        value = _value(article, name)
        rule = " + ".join(e.rule for e in chosen) or ("-" if value in ("", None) else "beside the body")
        rows.append(
            (name, cut(clean(value or "(not on the page)"), 60), rule, cut(clean(chosen[0].raw if chosen else ""), 50))
        )
        rows += [("", cut(clean(f"lost: {e.value}"), 60), e.rule, cut(clean(e.raw), 50))
                 for e in article.evidence if e.field == name and not e.chosen]  # fmt: skip
    text = table(("field", "value", "rule", "as printed"), rows)
    return text + (f"\nflags: {', '.join(article.flags)}" if article.flags else "")


def _value(article: Article, name: str) -> str | None:
    if name == "breadcrumb":
        return " > ".join(article.breadcrumb)
    if name == "body":
        return f"{len(article.body)} characters, {article.body.count(chr(10)) + 1} paragraphs" if article.body else ""
    value = getattr(article, name)
    return value if value is None else str(value)
