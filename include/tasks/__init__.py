"""The functions that pipelines name: plain Python, one module a pipeline, the same on every target."""
