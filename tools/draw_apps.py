"""Draws the apps from their imports into docs/apps.svg, or the file that is named.

    draw_apps.py [FILE]

The boxes run down the diagonal in the order of the layers in pyproject.toml, the highest first. An app imports what its
line leads to: to the right, then down into the box of the other. The number is how many imports of a module by a module
there are. An import against the order of the layers turns back, and is drawn in red.
"""

import argparse
import re
import sys
import tomllib
from collections import Counter
from pathlib import Path
from xml.sax.saxutils import escape

import grimp

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "apps.svg"
COLUMN, ROW, MARGIN = 104, 40, 16
BOX_WIDTH, BOX_HEIGHT = 96, 26
RADIUS = 11
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328; text-anchor: middle; dominant-baseline: central; }
  .ground { fill: #ffffff; }
  .layer { fill: #f6f5f3; }
  .box { fill: #fbeceb; stroke: #b3261e; }
  .name { font-weight: 600; }
  .line { fill: none; stroke: #b9bcc0; stroke-width: 1.5; marker-end: url(#head); }
  .count { fill: #e8f0f9; stroke: #1d5fa8; }
  .against { stroke: #b3261e; }
"""


def layers_of(settings: Path) -> list[list[str]]:
    """Return the apps of each layer, the highest layer first, as the first import contract has them."""
    contract = tomllib.loads(settings.read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"][0]
    return [re.findall(r"\w+", layer) for layer in contract["layers"]]


def count_imports(apps: list[str]) -> Counter[tuple[str, str]]:
    """Return how many imports lead from each app to each other one."""
    graph = grimp.build_graph(*apps, cache_dir=None)
    counts: Counter[tuple[str, str]] = Counter()
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            pair = module.split(".")[0], imported.split(".")[0]
            if pair[0] != pair[1]:
                counts[pair] += 1
    return counts


def center(position: int) -> tuple[int, int]:
    return MARGIN + position * COLUMN + BOX_WIDTH // 2, MARGIN + position * ROW + ROW // 2


def band(layer: int, first: int, size: int, width: int) -> str:
    """Return the ground of a layer; every second one is darker."""
    kind = "layer" if layer % 2 else "ground"
    return f'<rect class="{kind}" x="0" y="{MARGIN + first * ROW}" width="{width}" height="{size * ROW}"/>'


def box(app: str, position: int) -> str:
    x, y = center(position)
    left, top = x - BOX_WIDTH // 2, y - BOX_HEIGHT // 2
    return (
        f'<rect class="box" x="{left}" y="{top}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="4"/>'
        f'<text class="name" x="{x}" y="{y}">{escape(app)}</text>'
    )


def arrow(start: int, end: int) -> str:
    """Return the line from the side of one box to the upper edge of another; to the lower edge against the order."""
    (x, y), (end_x, end_y) = center(start), center(end)
    is_downward = end > start
    edge = end_y - BOX_HEIGHT // 2 - 2 if is_downward else end_y + BOX_HEIGHT // 2 + 2
    side = x + BOX_WIDTH // 2 if is_downward else x - BOX_WIDTH // 2
    return f'<path class="line{"" if is_downward else " against"}" d="M{side} {y}H{end_x}V{edge}"/>'


def number(names: tuple[str, str], count: int, start: int, end: int) -> str:
    """Return the count in the corner of its arrow."""
    x, y = center(end)[0], center(start)[1]
    kind = "count" if end > start else "count against"
    label = escape(f"{names[0]} imports {names[1]}: {count}")
    circle = f'<circle class="{kind}" cx="{x}" cy="{y}" r="{RADIUS}"/>'
    return f'<g><title>{label}</title>{circle}<text x="{x}" y="{y}">{count}</text></g>'


def draw(layers: list[list[str]], counts: Counter[tuple[str, str]]) -> str:
    """Return the picture as SVG."""
    apps = [app for layer in layers for app in layer]
    place = {app: position for position, app in enumerate(apps)}
    width, height = 2 * MARGIN + (len(apps) - 1) * COLUMN + BOX_WIDTH, 2 * MARGIN + len(apps) * ROW
    pairs = sorted(counts, key=lambda pair: (place[pair[0]], place[pair[1]]))
    parts = [f'<rect class="ground" width="{width}" height="{height}"/>']
    parts += [band(index, place[layer[0]], len(layer), width) for index, layer in enumerate(layers)]
    parts += [arrow(place[importer], place[imported]) for importer, imported in pairs]
    parts += [number(pair, counts[pair], place[pair[0]], place[pair[1]]) for pair in pairs]
    parts += [box(app, place[app]) for app in apps]
    head = '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
    head += '<path d="M0 0L8 4L0 8z" fill="#6a6f76"/></marker>'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title">',
        '<title id="title">The apps in their layers and what each imports</title>',
        f"<style>{STYLE}</style>",
        f"<defs>{head}</defs>",
        *parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=PICTURE, metavar="FILE")
    file = parser.parse_args().file
    sys.path.insert(0, str(ROOT))
    layers = layers_of(ROOT / "pyproject.toml")
    counts = count_imports([app for layer in layers for app in layer])
    file.write_text(draw(layers, counts), encoding="utf-8", newline="\n")
    print(f"-- Drawn: {file.name} ({len(counts)} pairs of apps, {counts.total()} imports)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
