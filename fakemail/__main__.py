"""``python -m fakemail`` is ``fakemail``."""

from fakemail.cli import main

if __name__ == "__main__":
    main()
