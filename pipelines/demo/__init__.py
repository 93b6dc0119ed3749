"""A fictional town, seeded: boundaries, every feed, and truths planted to be found again.

    from pipelines.demo import write_demo
    planted = write_demo(Path("data/demo"), seed=7)

The rooms: `mosaic` and `concern` draw places, `town` puts them together; `planted` says what changes,
`rates` what to expect, `harm`, `missing` and `schools` what was written down; `faults` and `records`
how it was delivered; `registers` and `reference` what meetings noted; `truth` counts what is true.
"""

from pipelines.demo.planted import Change, Effect, Planted
from pipelines.demo.write import write_demo

__all__ = ["Change", "Effect", "Planted", "write_demo"]
