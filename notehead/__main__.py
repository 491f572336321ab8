"""`python -m notehead`: the command line, where the program itself is not on the path."""

from notehead.cli import main

if __name__ == "__main__":
    main()
