"""`python -m include.factory`."""

import gc

from include.factory.commands.cli import main

gc.disable()  # a command ends within seconds and makes little garbage; looking for it takes a tenth of them
raise SystemExit(main())
