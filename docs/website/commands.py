"""The page of what the command takes in a shell: the help of each of its commands."""

from __future__ import annotations

import os
import re
from contextlib import redirect_stdout, suppress
from io import StringIO
from unittest.mock import patch

from docs.website.writing import titled
from zotheory import cli


def command_line() -> str:
    """Return the page of what the command takes: the help of each of its commands."""
    parts = [titled("Command line"), _literal(_help())]
    for name in re.findall(r"^ {4}(\w+)  ", _help(), re.MULTILINE):
        parts += [titled(f"zotheory {name}", "-"), _literal(_help(name))]
    return "\n".join(parts)


def _help(*command: str) -> str:
    printed = StringIO()
    with patch.dict(os.environ, COLUMNS="88"), redirect_stdout(printed), suppress(SystemExit):
        cli.parser().parse_args([*command, "--help"])
    return printed.getvalue()


def _literal(said: str) -> str:
    return ".. code-block:: text\n\n" + "".join(f"   {line}\n" for line in said.splitlines())
