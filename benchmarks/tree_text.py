"""Converts LightGBM's trees to the text that `bot.core.boosted_trees` reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

_Node = dict[str, Any]


def tree_lines(booster: Any) -> list[str]:
    """One line for each tree of a LightGBM model."""
    return [_line(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]


def write_trees(path: Path, lines: Sequence[str], columns: Sequence[str], command: str) -> None:
    """Write the lines of trees, with a heading that names their columns and the command."""
    heading = f"# made by {command}; columns: {' '.join(columns)}"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([heading, *lines]) + "\n", "ascii")


def _line(root: _Node) -> str:
    leaves: list[str] = []
    nodes: list[str] = []
    _visit(root, leaves, nodes)
    return f"{' '.join(nodes)} | {' '.join(leaves)}"


def _visit(node: _Node, leaves: list[str], nodes: list[str]) -> None:
    if "leaf_value" in node:
        leaves.append(f"{node['leaf_value']:.5g}")
        return
    first = len(leaves)
    _visit(node["left_child"], leaves, nodes)
    left = sum(1 << leaf for leaf in range(first, len(leaves)))
    nodes.append(f"{node['split_feature']}:{node['threshold']:.7g}:{0xFF & ~left:02x}")
    _visit(node["right_child"], leaves, nodes)
