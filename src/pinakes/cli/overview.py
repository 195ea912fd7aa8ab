"""How a group of commands lists them: each with the whole first sentence of its help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.core import TyperGroup

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter

#: Longer than any sentence; by itself the library cuts sentences off where the terminal ends.
_WHOLE = 1000


class Overview(TyperGroup):
    """A group whose help breaks long sentences over lines."""

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the list of commands, in the order in which they were added."""
        listed = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, command.get_short_help_str(_WHOLE)) for name, command in listed if command is not None]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
