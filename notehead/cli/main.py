"""`notehead`: the group of commands, and how errors leave it."""

from __future__ import annotations

import io
import os
import signal
import sys
import warnings

import click

from notehead.cli.align import align_command
from notehead.cli.build import build_command
from notehead.cli.compose import compose_command
from notehead.cli.convert import convert_command
from notehead.cli.detect import detect_command
from notehead.cli.evaluate import evaluate_command
from notehead.cli.read import read_command
from notehead.cli.show import show_command
from notehead.cli.stats import stats_command
from notehead.cli.train import export_command, train_command
from notehead.cli.unpack import unpack_command
from notehead.cli.verify import verify_command
from notehead.datasets.convert import LossWarning
from notehead.errors import NoteheadError, OutputError
from notehead.version import __version__

INTERRUPTED = 130
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(context_settings=_SETTINGS)
@click.version_option(__version__, prog_name="notehead")
def cli() -> None:
    """From music scores to exactly annotated pages, and from any page to its symbols and its music.

    \b
    notehead build scores/ -o dataset/     make a dataset
    notehead show dataset/ 0 -o page.png   look at a page with its symbols
    notehead stats dataset/                count
    notehead verify dataset/               check every file and every page
    notehead convert dataset/ coco/ --to coco
                                           write it anew in another format
    notehead evaluate found.json dataset/  compare predictions with the truth
    notehead compose -o rare/              make up scores of rare symbols
    notehead align scan.png dataset/ --page 3 -o aligned/
                                           give a scan the labels of the page that it shows
    notehead detect scan.pdf -o found/     find the symbols on pages
    notehead read scan.pdf -o piece.musicxml
                                           read the music on pages
    notehead unpack ds2.tar.gz -o ds2/     unpack a dataset as it is distributed
    notehead train detect dataset/ -o run/ train the detector
    notehead export run/ -o model/         write what was trained for `notehead detect --model`
    """


for _command in (
    build_command,
    show_command,
    stats_command,
    verify_command,
    convert_command,
    unpack_command,
    evaluate_command,
    compose_command,
    align_command,
    detect_command,
    read_command,
    train_command,
    export_command,
):
    _command.context_settings = _SETTINGS  # also where it is not called through the group
    cli.add_command(_command)


def _warn(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    if issubclass(category, LossWarning):  # what libraries say to programmers helps no user
        click.echo(f"warning: {message}", err=True)


def main() -> None:
    """Run the command line; ends the process with an exit code of `notehead.errors`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names of files need not be text
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # tidy up, as after Ctrl-C
    warnings.showwarning = _warn
    warnings.simplefilter("default", LossWarning)
    try:
        code = cli.main(standalone_mode=False)
    except NoteheadError as error:
        click.echo(f"notehead: {error}", err=True)
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        message = "notehead: stopped. Run the same command again; a build goes on where it stopped."
        click.echo(message, err=True)
        code = INTERRUPTED
    except SystemExit:
        code = 0  # how click ends where whoever read our output has had enough; nothing is wrong
    except OSError as error:  # standard output itself: a full disk behind it, say
        where = f"{error.filename}: " if error.filename else "standard output: "
        click.echo(f"notehead: {where}{error.strerror or error}", err=True)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for Python's last flush
        code = OutputError.exit_code
    sys.exit(code if isinstance(code, int) else 0)
