"""The private watch list: where and what is unusual of late, for the Intelligence Investigator to look into.

The one named exception to "one gate": its figures are exact and stay on the private side. Nothing here writes a file,
reaches a snapshot or can be imported by whatever people see. What the investigator judges worth raising is entered in
the register of emerging concerns, and only that leaves, screened like any other words.
"""

from pipelines.watch.listing import Listed, WatchList, watch
from pipelines.watch.words import as_json, as_words

__all__ = ["Listed", "WatchList", "as_json", "as_words", "watch"]
