"""How tests read a page: as a person does, by its words, its figures with their links, errors at their fields."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lxml.html  # type: ignore[import-untyped]
from django.apps import apps
from django.conf import settings

NOTICE = """中共青川市水务局党组关于巡察整改进展情况的通报

一、组织落实情况

局党组召开会议研究整改工作。

二、问题整改情况

(一)履行职责方面

1.供水保障有短板。

问题1.管网老化。表现在:

(1)城东片区管网漏损率偏高。

落实情况:目前该问题已整改,需长期坚持。

一是更换城东老旧管网12公里。二是建立漏损监测制度,每周通报。

(2)二次供水泵房无人值守。

落实情况:目前该问题正在整改。

一是安装远程监控设备。

(二)作风建设方面

1.服务群众不主动。

问题1.报修响应慢。表现在:

(1)夜间报修无人接听。

落实情况:目前该问题已整改。

一是实行夜间值班制度,电话由专人接听。

三、下一步打算

持续巩固整改成果。

中共青川市水务局党组

2026年2月20日
"""
"""A published notice in small: 2 areas, 3 issues, 4 reports of what was done."""


@dataclass(frozen=True)
class Tile:
    """A figure of a page: what it counts, its denominator where it has one, and the list that makes it up."""

    label: str
    figure: int
    of: int | None
    href: str


class Page:
    """What a response shows."""

    def __init__(self, response: Any) -> None:
        self.status: int = response.status_code
        self.html: str = response.content.decode()
        self.tree = lxml.html.fromstring(self.html)

    def texts(self, xpath: str) -> list[str]:
        """The words of each element found, with single blanks between them."""
        return [" ".join(" ".join(found.itertext()).split()) for found in self.tree.xpath(xpath)]

    def text(self, xpath: str = "//main") -> str:
        """The words of the one element found."""
        (only,) = self.texts(xpath)
        return only

    def one(self, xpath: str) -> Any:
        """The one element, attribute or number found."""
        (only,) = self.tree.xpath(xpath)
        return only

    def tiles(self) -> dict[str, Tile]:
        return {tile.label: tile for tile in map(_tile, self.tree.xpath("//*[@class='figure-tile']"))}

    def rates(self) -> dict[str, tuple[str, int, int, str]]:
        """Label → the rate as it is written, its numerator and denominator, and the list that it leads to."""
        found = {}
        for box in self.tree.xpath("//div[@class='rate-line']"):
            label, rate = (
                " ".join(box.xpath(f"string(.//*[@class='rate-{part}'])").split()) for part in ("label", "figure")
            )
            (link,) = box.xpath(".//a[@class='rate-counts']")
            done, of = (int(part) for part in link.text_content().split("/"))
            found[label] = (rate, done, of, link.get("href"))
        return found

    def errors(self) -> dict[str, str]:
        """Field → what is said at it; the key is empty for what is said above the form."""
        at_fields = {found.get("id"): found.text_content() for found in self.tree.xpath("//div[@class='field-error']")}
        said = {
            str(key).removeprefix("id_").removesuffix("_error"): " ".join(t.split()) for key, t in at_fields.items()
        }
        above = " ".join(self.texts("//form//div[contains(@class, 'alert-danger')]"))
        if above and not above.startswith("Please correct the marked fields"):
            said[""] = above
        return said

    def typed(self, name: str) -> Any:
        """What stands in a field of the form: the text, or the chosen values of a select or of boxes."""
        found = self.tree.xpath(f"//*[@name='{name}']")
        if found[0].tag == "textarea":
            return found[0].text.lstrip("\n") if found[0].text else ""
        if found[0].tag == "select":
            return found[0].xpath("string(option[@selected]/@value)")
        if found[0].get("type") in {"checkbox", "radio"}:
            return [box.get("value") for box in found if box.get("checked") is not None]
        return found[0].get("value", "")

    def choices(self, name: str) -> list[str]:
        """The words that a select offers, but for the empty one."""
        return self.texts(f"//select[@name='{name}']/option[@value!='']")

    def counted(self) -> tuple[int, int]:
        """How many issues and measures the ledger says that it lists."""
        issues, measures = self.texts("//section[@id='ledger']//span[@role='status']/strong")
        return int(issues), int(measures)

    def listed(self) -> list[str]:
        """The texts of the measures in the ledger, in the order of the page."""
        return self.texts("//tr[@class='row-measure']//a[@class='measure-text']")

    def table(self, heading: str) -> list[list[str]]:
        """The rows of the table whose first column has this heading, cell by cell."""
        rows = self.tree.xpath(f"//table[thead/tr/th[1][normalize-space()='{heading}']]/tbody/tr")
        return [[_said(cell) for cell in row] for row in rows]

    def toasts(self) -> list[str]:
        return self.texts("//div[contains(@class, 'toast-line')]/span")


def _said(cell: Any) -> str:
    """The words of a cell; those of a drawing in it say the same again."""
    return " ".join("".join(cell.xpath(".//text()[not(ancestor::svg)]")).split())


def _tile(found: Any) -> Tile:
    words = " ".join(found.xpath("string(span[@class='tile-figure'])").split())
    figure, _stroke, of = (part.strip() for part in words.partition("/"))
    label = " ".join(found.xpath("string(span[@class='tile-label'])").split())
    return Tile(label, int(figure), int(of) if of else None, found.get("href", ""))


def followed(client: Any, address: str, data: Any = None) -> Page:
    """Send a form that must succeed, and read the page that one is led to."""
    response = client.post(address, data or {})
    assert response.status_code == 302, Page(response).errors() or response.status_code
    assert re.match("/(?!/)", response["Location"])
    return Page(client.get(response["Location"]))


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of the program's own tables, to tell whether a request has changed any."""
    mine = [name for name in settings.INSTALLED_APPS if (Path(settings.BASE_DIR) / name).is_dir()]
    models = [model for app in mine for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}
