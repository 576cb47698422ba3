# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""A terminal's screen as an SVG image."""

from __future__ import annotations

import itertools
from html import escape

import pyte

WIDTH, HEIGHT, MARGIN = 8.4, 17, 14  # of a character, and of the margin
FOREGROUND, BACKGROUND = "#d8d8d8", "#1b1d22"
COLOURS = {"black": "#000000", "red": "#e06c75", "green": "#7fc46b", "brown": "#d8b35a", "blue": "#6ba4e8",
           "magenta": "#c678dd", "cyan": "#56b6c2", "white": "#ffffff"}
# Blocks are drawn as boxes, since fonts leave gaps between them: top and height, in eighths.
BLOCKS = {"▀": (0, 4), "█": (0, 8), **{chr(0x2580 + eighths): (8 - eighths, eighths) for eighths in range(1, 8)}}


def colour(name: str, default: str) -> str:
    """A colour of pyte as SVG writes it."""
    if name == "default":
        return default
    return COLOURS.get(name, f"#{name}")


class Picture:
    """Boxes of each colour, and texts over them."""

    def __init__(self) -> None:
        self.boxes: dict[str, list[str]] = {}
        self.texts: list[str] = []

    def box(self, column: int, columns: int, top: int, height: int, fill: str) -> None:
        """A box; rows are counted in eighths."""
        self.boxes.setdefault(fill, []).append(f"M{column} {top}h{columns}v{height}h-{columns}z")

    def run(self, column: int, row: int, text: str, style: pyte.screens.Char) -> None:
        """Draws neighbouring characters of the same look: all the same block, or no blocks."""
        fill = colour(style.fg, FOREGROUND)
        if style.bg != "default":
            self.box(column, len(text), 8 * row, 8, colour(style.bg, BACKGROUND))
        if text[0] in BLOCKS:
            top, height = BLOCKS[text[0]]
            self.box(column, len(text), 8 * row + top, height, fill)
        elif text.strip():
            weight = ' font-weight="bold"' if style.bold else ""
            self.texts.append(f'<text x="{MARGIN + column * WIDTH:.1f}" y="{MARGIN + (row + 0.75) * HEIGHT:.1f}"'
                              f' fill="{fill}"{weight} textLength="{len(text) * WIDTH:.1f}">{escape(text)}</text>')

    def parts(self) -> list[str]:
        """The elements of SVG."""
        transform = f"translate({MARGIN} {MARGIN}) scale({WIDTH} {HEIGHT / 8})"
        return [f'<path transform="{transform}" fill="{fill}" d="{"".join(boxes)}"/>'
                for fill, boxes in self.boxes.items()] + self.texts


def draw_row(picture: Picture, row: int, line: dict[int, pyte.screens.Char], columns: int) -> None:
    """Draws a row run by run, backgrounds first."""
    def look(column: int) -> tuple[object, ...]:
        char = line[column]
        return char.fg, char.bg, char.bold, char.data if char.data in BLOCKS else ""

    for _, group in itertools.groupby(range(columns), look):
        run = list(group)
        picture.run(run[0], row, "".join(line[column].data for column in run), line[run[0]])


def draw(screen: pyte.Screen) -> str:
    """The screen, without the empty rows at its end."""
    used = max((row for row, text in enumerate(screen.display) if text.strip()), default=0) + 1
    width, height = 2 * MARGIN + screen.columns * WIDTH, 2 * MARGIN + used * HEIGHT
    picture = Picture()
    for row in range(used):
        draw_row(picture, row, screen.buffer[row], screen.columns)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" font-size="14"'
        ' font-family="DejaVu Sans Mono, monospace" shape-rendering="crispEdges" xml:space="preserve">',
        f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>', *picture.parts(), "</svg>", ""])
