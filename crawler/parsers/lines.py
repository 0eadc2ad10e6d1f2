"""Judgements on one line of a page: article text, a tool, the info line, the page's tail."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crawler.html import Line, Page
from crawler.parsers.attachments import FILE
from crawler.parsers.dates import parse_times
from crawler.parsers.time import LABEL

FOOTER_BEGINS = re.compile(
    r"版权所有|主办单位|主办[:：]|承办单位|承办[:：]|政府网站标识码|ICP备|技术支持|联系我们|网站地图|Copyright|©",
    re.IGNORECASE,
)
# Without a flag and each with a letter of its own first, it passes over a line at once
FOOTER_HOLDS = re.compile(r"网站标识码|[Ii][Cc][Pp]备\d|公网安备")
# An address is a footer's outside a text, a notice's within
FOOTER_OR_ADDRESS = re.compile(rf"{FOOTER_HOLDS.pattern}|地址[:：].{{2,60}}(?:邮编|邮政编码|电话|传真)")
# A line that ends the body: what follows belongs to the page, not to the article.
TAIL = re.compile(
    r"^[\s\[【(（>]*(?:相关(?:文章|链接|新闻|政策|报道|稿件|信息|文档|阅读|附件|内容|解读|推荐|文件(?!\s?[:：]\s?\S))|关联稿件|延伸阅读|推荐阅读|(?:完|Ends)\s?[/／]|(?:業務|新聞)聯絡人|更新日期|點閱|瀏覽人次|相关专题$|相關(?:附件|檔案|連結|新聞|訊息)[:：]?$|回上一頁|[上下]一則|扫一扫|扫描二维码|扫码|分享到|分享[:：]?$|分享至|分享让更多人看到|(?:发表|我要|网友|相关|最新)评论|播放列表"
    r"|[上下]一(?:篇|条|图集|[个组]\s?[:：])|打印本页|打印此[文页]|打印正文|关闭窗口|关闭本页|【?打印】?$|【?关闭】?$|返回顶部|返回列表|主办单位|网站标识码|版权所有|免责声明|我要纠错|纠错"
    r"|热点新闻|最新更新|点击排行|附件下载[:：]?$|图解|打印|本页二维码|您访问的链接|您觉得.{0,12}帮助|(?:本|这)篇?文?[章页].{0,4}对您.{0,6}帮助|您对本页|关注[“\"‘]?.{2,16}(?:公众号|官方微信)|分享此頁|列印|Share (?:this|on)|Seite teilen|Related (?:content|articles|links|news)|Print this page|Back to top|Documents à télécharger|À lire aussi|Lire aussi|Voir aussi|Mehr zum Thema|Weitere Informationen$|Adresse für Rückfragen$|Dateien$|Downloads?$|Associated links$|Related Information$|Additional (?:Information|Resources)$|For (?:more|further) information\b.{0,20}$|(?:Topics?|Tags|Comments)\s?:?$|Read this release in|Also read\s?:|(?:Adjuntos|Archivos|Ficheros|Allegati|Anexos|Přílohy|Załączniki|Bilagor|Vedlegg|Pièces jointes)\s?:?$|Sdílet\s|Štítky$|Související\s|Udostępnij|Powiązane|Ultima modifica|Pubblicato il \d|Distribuie|Kapcsolódó|Paylaş$|Chia sẻ|Bagikan|Comentários$|Коментарі\s?:?$|Сподобалось|Поделиться|Télécharger\s|Imprimer$|Envoyer à un ami|Weitere (?:Pressemitteilungen|Meldungen)|Teilen\s?:?$|Rückfragehinweis|Zurück$|Verwandte |Informacje o publikacji|Materiały$|Ultimo aggiornamento|Compartir en|Documenten$|Deel deze pagina|Zie ook$|For More Information$|voltar$|Véase también|Leia também|Veja também|Leggi anche|Читайте так|관련기사|이전글|다음글|Was this (?:page|information) (?:helpful|useful)|(?:Partager|Compartir|Поделиться)(?:$|\s?:)|Partager (?:la|cette) page$|(?:Press|Media) [Cc]ontacts?\s?:?$|Pressekontakt$|Contacts? presse$|Contatti$|お問い?合わ?せ(?:先)?$|担当(?:部署|課)?$|照会先$|関連(?:資料|リンク|情報)$|このページ[のに]|ページの先頭|본 저작물은|공공누리)"
)
# Of these, the ones after which no article goes on, however much text follows.
STRONG_TAIL = re.compile(
    r"^[\s\[【(（>]*(?:推荐阅读|延伸阅读|相关(?:文章|新闻|阅读|推荐|稿件|报道)|关联稿件|热点新闻|点击排行|最新更新|[上下]一(?:篇|条|图集)|扫一扫|分享到)"
)
CJK = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
LONG = 30  # characters of a line that does not repeat by chance; of a sentence in characters, not in letters
PAGER = re.compile(
    r"(?:[\s\d|<>\[\]【】()（）«»‹›.…/:：，-]|上一?页|下一?页|首页|尾页|末页|最后一?页|[共第]\d*页|[共第]|全文|转到|跳转|跳至|当前|页$)*+$"
)
# A line that is a tool or the info line, wherever it stands.
TOOL = re.compile(
    r"^[\s\[【(（|]*(?:(?:【?字体|字号|字號)[:：\s]|打印|关闭|Play Video$|\S{2,6}客户端下载|【?(?:大|中|小)】?(?:\s*【?(?:大|中|小)】?)*$|[大中小]字号$|放大|缩小|收藏|浏览(?:次数|量)|阅读(?:次数|量)|点击(?:数|量|次数)|访问(?:次数|量)"
    r"|分享到|扫一扫|返回顶部|\[?打印\]?|(?:顶|踩|赞)一下|点赞|記事ID|[（(]\d+[)）]$|(?:抱歉，?)?您的浏览器|PDF(?:形式の)?ファイルを?|来源[:：].{0,80}(?:时间|日期|\d{4}[-年])|发布(?:时间|日期)[:：]|信息来源[:：]|文章来源[:：]|責任編輯|字体大小|(?:语音播报|(?:语音|智能|开始)?朗读|播放|暂停|停止|收听)(?:\s*(?:播放|暂停|停止|继续|收听))*$)"
)
EDITOR_LINE = re.compile(
    r"^[（(\[【]?\s*(?:责任编辑|责\s?编|编\s?辑|審核|责任编审|初审|复审|终审|編輯)\s?[:：].{0,60}$"
)
# An info line holds two of these and little else.
INFO_LABEL = re.compile(
    r"(?:[来來]\s?源|稿源|(?:发布|更新|信息)?(?:[时時]\s?[间間]|日\s?期)|作\s?者|编\s?辑|责任编辑|责编|点击(?:数|量|次数)?|浏览(?:数|量|次数)?|阅读(?:数|量|次数)?|访问(?:量|次数)?|字体|字号|发布(?:人|者|机构))\s?[:：]"
)
SENTENCE = re.compile("[。！？；，、,]")
_LABELS = r"(?:信息|稿件|文章)?[来來]\s?源|出\s?处|作\s?者|[发發][布佈](?:机构|单位|單位|機關)|发布(?:机构|单位)|(?:发布|发稿)?(?:日\s?期|[时時]\s?[间間])"
LABELLED = re.compile(rf"^(?:{_LABELS})\s?[:：]\s?[^。，]{{1,30}}$")  # at the head of the body: an info line
LABEL_ALONE = re.compile(
    rf"^(?:{_LABELS}|From|Published|(?:Last )?updated|Posted|Date|Datum|Erscheinungsdatum|Quelle|Data|Fecha|(?:Fecha|Data) d[ei] (?:publicación|publicação|pubblicazione)|Date de publication|Autore?|Auteur|Categoría|Tempo di lettura|Lesezeit|제목|담당부서|담당자|문의|연락처|작성자|등록일자?|작성일자?|조회수?|첨부파일)\s?[:：]?$",
    re.IGNORECASE,
)  # there: the next line is its value
OF_DOCUMENT = re.compile(r"[（(](?:19|20)\d\d年[1-9]\d?月[1-9]\d?日[)）]")
FILES_LABEL = re.compile(r"^(?:相关)?附件(?:下载|列表)?\s?[:：]\s*")
COUNT = re.compile(r"\d{1,3}\s?/\s?\d{1,3}")  # of a picture in its gallery
# Social networks as share bars name them. Not 微信 and 微博, of which texts speak
NETWORKS = (
    "facebook", "twitter", "linkedin", "whatsapp", "viber", "telegram", "ツイート", "シェア", "카카오톡", "페이스북", "밴드",
    "фейсбук", "вконтакте",
)  # fmt: skip
NETWORK = re.compile("|".join(NETWORKS))
SHARE = re.compile(r"(?:Partager|Compart\w+|Share|Teilen|Condividi|Поделиться)\b.{0,30}$", re.IGNORECASE)
STROKE = re.compile(r"\s*[/|｜丨]\s*")
RULE = re.compile(r"[-—=_*＊※·.~☆★]{6,}|^[*＊※·☆★]{3,}$")  # a line drawn with characters


def weight(line: Line) -> int:
    """How much a line speaks for being article text; worked out once a line."""
    if line.weight < 0:
        line.weight = _weight(line)
    return line.weight


def _weight(line: Line) -> int:
    if line.hidden or line.link_chars > len(line.text) * 0.5:
        return 0
    text = line.text
    if len(text) < 200 and (FOOTER_BEGINS.match(text) or FOOTER_OR_ADDRESS.search(text) or TOOL.match(text)):
        return 0
    length = line.plain_chars
    return length * 2 if length > 30 or SENTENCE.search(line.text) else length


def is_footer(text: str) -> bool:
    """The site's own data: who runs it, its licence, its address."""
    return FOOTER_BEGINS.match(text) is not None or FOOTER_HOLDS.search(text) is not None


def mostly_links(lines: Sequence[Line]) -> bool:
    shown = [line for line in lines if line.text and not line.hidden]
    return sum(line.link_chars > len(line.text) / 2 for line in shown) > 0.6 * len(shown)


def is_file(line: Line) -> bool:
    """A line that is nothing but links, by the name of a file; 附件下载： may stand before them."""
    return line.link_chars >= len(FILES_LABEL.sub("", line.text)) and FILE.search(line.text) is not None


def is_dateline(text: str) -> bool:
    """A line that is hardly more than a date, or begins with a date's label, at the head of the body.

    （2022年4月2日） is what a document has under its headline: text.
    """
    if OF_DOCUMENT.fullmatch(text):
        return False
    found = parse_times(text) if len(text) < 90 else []
    if len(text) < 30 and LABEL.match(text) and any(character.isdigit() for character in text):
        return True  # 發布日期：113-05-20
    if len(found) == 1 and found[0].raw in STROKE.split(text)[:-1]:
        return True  # 2021-08-13 | 清和发布 | 阅读 96
    labelled = "。" not in text and (LABEL.match(text) or INFO_LABEL.search(text) or text.startswith("发布"))
    return bool(found) and (len(text) - len(found[0].raw) < 12 or bool(labelled))


def is_tool(line: Line) -> bool:
    """The info line, a button, the pager inside the body, an editor's line, the footer."""
    text = line.text
    if len(text) < 150 and ((len(text) < 120 and TOOL.match(text)) or EDITOR_LINE.match(text) or _is_info(text)):
        return True
    if not line.row and COUNT.fullmatch(text):
        return True
    if RULE.match(text) and len(RULE.sub("", text)) < 8:
        return True
    if len(text) < 200 and _is_share_bar(text):
        return True
    if len(line.links) > 2 and line.link_chars > len(text) / 2 and all(href.startswith("#") for _, href in line.links):
        return True  # a menu of the page's own parts
    pager = (line.link_chars > 0 or "页" in text) and PAGER.match(text) is not None
    return pager or (len(text) < 80 and is_footer(text))


def _is_share_bar(text: str) -> bool:
    """Networks that make up much of a line without a sentence; one of them behind "share" or alone."""
    lowered = text.lower()
    networks = set(NETWORK.findall(lowered))
    if not networks or SENTENCE.search(text) or text.endswith("."):
        return False
    much = len(networks) > 1 and 4 * sum(map(len, networks)) > len(text)
    return much or lowered in NETWORKS or SHARE.match(text) is not None


def _is_info(text: str) -> bool:
    """来源, 时间, 作者 … with their values, and nothing that reads like a sentence."""
    colons = text.count("：") + text.count(":")
    return colons >= 2 and "。" not in text and len(INFO_LABEL.findall(text)) >= 2


def rest_is_tail(page: Page, number: int, end: int) -> bool:
    """Whether hardly any article text follows: no two paragraphs of sentences, little weight."""
    following = page.lines[number + 1 : end]
    sentences = sum(line.plain_chars > 25 and line.text.rstrip("”）)")[-1:] in "。！？；" for line in following)
    rest = sum(map(weight, following))
    return sentences < 2 and rest < 600


def is_sentence(line: Line) -> bool:
    """A line of the text by its length and its end."""
    long = LONG if CJK.search(line.text) else 2 * LONG
    return (
        not line.hidden
        and not line.links
        and len(line.text) >= long
        and line.text.endswith(("。", "！", ".", "!", "?", "”", "»"))
        and not is_tool(line)
        and not is_dateline(line.text)
    )
