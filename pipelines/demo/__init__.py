"""A fictional town, seeded: boundaries, every feed, and truths planted to be found again.

    from pipelines.demo import write_demo
    planted = write_demo(Path("data/demo"), seed=7)

The rooms: `lines` and `mosaic` draw natural shapes, `concern` and `context` fill the town in, `town` puts it
together and `zones` cuts it up; `planted` says what changes, `rates` what to expect; `harm` (with `points`
and `mixes`), `missing` and `schools` what was written down; `faults`, `records` and `delivery` how it was
delivered; `registers`, `interventions`, `notes` and `reference` what meetings noted; `truth` counts what is
true; `write` does it all in order, `remake` puts it where an older town stood.
"""

from pipelines.demo.planted import Change, Effect, Planted
from pipelines.demo.remake import holds_another_town, remake_town
from pipelines.demo.write import write_demo

__all__ = ["Change", "Effect", "Planted", "holds_another_town", "remake_town", "write_demo"]
