"""`python -m impasto`."""

from impasto.cli.app import main

if __name__ == "__main__":
    main()
