"""The Record panel: what a meeting decides, written down as it decides it.

`who` may record, `sitting` says of which meeting, `choices` what each kind of entry asks for, `drafts` keep what is not yet
recorded in the session, `saving` is the one way into the register store, `forms` and `panel` draw, `entries` list what this
meeting recorded, `kept` reads it back, and `shown` lays it over what a meeting sees until a snapshot holds it.
"""
