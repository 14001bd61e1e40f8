"""Kubernetes' own objects in pipelines: their spelling, and what Kubernetes would refuse."""
