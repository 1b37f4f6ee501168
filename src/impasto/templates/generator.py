"""Jinja's compiler, changed so that data stays data and what is built stays bounded."""

from __future__ import annotations

from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, operators


class Generator(CodeGenerator):
    """Jinja's compiler without HTML escapes: `finalize` alone decides what is text.

    `undeclared` gathers the names that the template takes from outside, as `jinja2.meta` finds
    them by compiling a second time.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.undeclared: set[str] = set()

    def enter_frame(self, frame: Frame) -> None:
        """Note the names that the frame takes from outside."""
        super().enter_frame(frame)
        loads = frame.symbols.loads.values()
        self.undeclared.update(name for action, name in loads if action == "resolve" and name)

    def _output_child_pre(self, _node: nodes.Expr, _frame: Frame, _finalize: Any) -> None:
        self.write("environment.finalize(context, ")

    def _output_child_post(self, _node: nodes.Expr, _frame: Frame, _finalize: Any) -> None:
        self.write(")")

    def _through(self, function: str, visit: Any, node: nodes.Node, frame: Frame) -> None:
        self.write(f"environment.{function}(")
        visit(node, frame)
        self.write(")")

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        """Write `a ~ b`."""
        self.write("environment.concatenated((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:  # noqa: N802
        """Write a comparison of plain texts."""
        self.write("(")
        self._through("compared", self.visit, node.expr, frame)
        for op in node.ops:
            self.visit(op, frame)
        self.write(")")

    def visit_Operand(self, node: nodes.Operand, frame: Frame) -> None:  # noqa: N802
        """Write one side of a comparison."""
        self.write(f" {operators[node.op]} ")
        self._through("plain", self.visit, node.expr, frame)

    def visit_List(self, node: nodes.List, frame: Frame) -> None:  # noqa: N802
        """Write a list that is bounded."""
        self._through("bounded", super().visit_List, node, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:  # noqa: N802
        """Write a mapping that is bounded."""
        self._through("bounded", super().visit_Dict, node, frame)

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:  # noqa: N802
        """Write a tuple that is bounded."""
        if node.ctx == "store":
            super().visit_Tuple(node, frame)
        else:
            self._through("bounded", super().visit_Tuple, node, frame)

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802
        """Write `x[…]`, a slice watched: it can copy much."""
        if isinstance(node.arg, nodes.Slice):
            self._through("watched", super().visit_Getitem, node, frame)
        else:
            super().visit_Getitem(node, frame)
