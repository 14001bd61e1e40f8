"""The cluster and the task image that a laptop or CI needs: `python3 -m include.local.kubernetes --help`.

Standard library only, any Python from 3.11. `choice` decides which cluster serves, the modules behind it each know one
way to have one, `image` builds the task image for it.
"""
