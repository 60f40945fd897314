"""The lifecycle as a diagram and a table, drawn from the moves themselves."""

from __future__ import annotations

from assignments.states import MOVES, Move, Status


def diagram() -> str:
    """A Mermaid state diagram: every move that changes the status, by its verb."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    for move in MOVES.values():
        lines += [
            f"    {source} --> {move.target}: {move.label.lower()}"
            for source in Status.values
            if move.target and source in move.sources and source != move.target
        ]
    ends = [s for s in Status.values if not any(s in move.sources for move in MOVES.values())]
    return "\n".join(lines + [f"    {end} --> [*]" for end in ends])


def table() -> str:
    """Every move as a row of Markdown: who, from where, to where, what holds it up."""
    head = "| Move | Who | From | To | Waits for | Event |\n| --- | --- | --- | --- | --- | --- |"
    return "\n".join([head, *(_row(move) for move in MOVES.values())])


def _row(move: Move) -> str:
    sources = ", ".join(Status(s).label.lower() for s in Status.values if s in move.sources)
    target = Status(move.target).label.lower() if move.target else "stays"
    holds = ", ".join(f"a {kind} hold" for kind in sorted(move.held_by)) or "–"
    return f"| {move.label} | {move.side} | {sources} | {target} | {holds} | `{move.event}` |"


def page() -> str:
    """``docs/lifecycle.md`` as it must stand."""
    return (
        "# The life of an assignment\n\n"
        "Drawn from the table of moves (`assignments/states.py`) by `manage.py draw_lifecycle`;\n"
        "a test keeps this page in step. On immediate terms, approving pays in the same breath.\n\n"
        f"```mermaid\n{diagram()}\n```\n\n{table()}\n"
    )
