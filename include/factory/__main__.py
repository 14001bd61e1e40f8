"""`python -m include.factory`."""

from include.factory.cli import main

raise SystemExit(main())
