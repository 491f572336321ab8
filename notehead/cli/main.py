"""`notehead`: the group of commands, and how errors leave it."""

from __future__ import annotations

import os
import sys

import click

from notehead.cli.build import build_command
from notehead.cli.show import show_command
from notehead.cli.stats import stats_command
from notehead.cli.verify import verify_command
from notehead.errors import NoteheadError
from notehead.version import __version__

INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="notehead")
def cli() -> None:
    """From music scores to exactly annotated pages.

    \b
    notehead build scores/ -o dataset/     make a dataset
    notehead show dataset/ 0 -o page.png   look at a page with its symbols
    notehead stats dataset/                count
    notehead verify dataset/               check every file and every page
    """


for _command in (build_command, show_command, stats_command, verify_command):
    cli.add_command(_command)


def main() -> None:
    """Run the command line; ends the process with an exit code of `notehead.errors`."""
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except NoteheadError as error:
        click.echo(f"notehead: {error}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("notehead: stopped. Run the same command again: it goes on where it stopped.", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has had enough; nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
