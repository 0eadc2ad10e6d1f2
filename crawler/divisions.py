"""Administrative divisions (GB/T 2260): provinces by the first two digits of a code, the level by the rest."""

from __future__ import annotations

import re

# First two digits -> folder under crawler/portals/, province
PROVINCES = {
    "11": ("beijing", "北京"), "12": ("tianjin", "天津"), "13": ("hebei", "河北"), "14": ("shanxi", "山西"),
    "15": ("neimenggu", "内蒙古"), "21": ("liaoning", "辽宁"), "22": ("jilin", "吉林"),
    "23": ("heilongjiang", "黑龙江"),
    "31": ("shanghai", "上海"), "32": ("jiangsu", "江苏"), "33": ("zhejiang", "浙江"), "34": ("anhui", "安徽"),
    "35": ("fujian", "福建"), "36": ("jiangxi", "江西"), "37": ("shandong", "山东"), "41": ("henan", "河南"),
    "42": ("hubei", "湖北"), "43": ("hunan", "湖南"), "44": ("guangdong", "广东"), "45": ("guangxi", "广西"),
    "46": ("hainan", "海南"), "50": ("chongqing", "重庆"), "51": ("sichuan", "四川"), "52": ("guizhou", "贵州"),
    "53": ("yunnan", "云南"), "54": ("xizang", "西藏"), "61": ("shaanxi", "陕西"), "62": ("gansu", "甘肃"),
    "63": ("qinghai", "青海"), "64": ("ningxia", "宁夏"), "65": ("xinjiang", "新疆"),
}  # fmt: skip


def place_of(site_id_code: str | None) -> tuple[str, str | None, str | None]:
    """(folder, province, division code) of a 网站标识码; folder "other" where it says nothing."""
    code = (site_id_code or "").strip()
    if re.fullmatch(r"bm\d{8}", code):
        return "central", None, None
    if not re.fullmatch(r"\d{10}", code) or code[:2] not in PROVINCES:
        return "other", None, None
    folder, province = PROVINCES[code[:2]]
    return folder, province, code[:6]


def level_of(division_code: str) -> str:
    """A place is what its code says: ..0000 a province, ....00 a city, else a district or county."""
    return "province" if division_code.endswith("0000") else "city" if division_code.endswith("00") else "district"


def portal_id(host: str) -> str:
    """www.zhongyuan.gov.cn -> zhongyuan, gzw.zhengzhou.gov.cn -> gzw_zhengzhou."""
    return re.sub(r"[^a-z0-9]+", "_", host.lower().removeprefix("www.").removesuffix(".gov.cn"))
