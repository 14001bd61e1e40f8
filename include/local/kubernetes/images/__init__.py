"""The task image: when it is built (`task`), with what program (`builders`), on what base (`base`), by which of pip's settings (`pip`)."""
