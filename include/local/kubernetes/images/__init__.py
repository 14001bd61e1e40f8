"""The task image: when it is built (`task`), with what program (`builders`), on what base, with which pip settings."""
