"""Invented names. No beat here is named after a real town.

No place of concern is one dwelling, school or business.
"""

TOWN = "Larkhaven"

LOCALITIES = (("north", "North", "N"), ("east_central", "East Central", "E"), ("south", "South", "S"))

BEATS = (
    "Anchorstead", "Avocet Slip", "Beaconhythe", "Brindlegarth", "Bulrush Fold", "Chandlerhythe",
    "Cobblegarth",
    "Coppergarth", "Cowrie Bank", "Curlewstead", "Dunlinwick", "Eiderfold", "Fathomwick", "Fulmar Rise",
    "Gannetstead", "Halyard Cross", "Hawserwick", "Kestrelhythe", "Kittiwake Slip", "Lanternquay",
    "Limpetgarth",
    "Linnetfold", "Mallowhythe", "Marramstead", "Merlingarth", "Osierhythe", "Ospreyfold", "Petrelwick",
    "Ploverhythe", "Quillstead", "Rudderwick", "Sallowgarth", "Samphire Reach", "Sanderlingwick",
    "Seagrass Cross",
    "Shearwater Rise", "Skuafold", "Sorrelhythe", "Spindlewick", "Tansyhythe", "Teaselgarth", "Ternholm Bank",
    "Thriftgarth", "Tillerstead", "Turnstonewick", "Vetchfold", "Whimbrelstead", "Whinfold", "Wrackhythe",
)  # fmt: skip

PLACES = {
    "park_or_open_space": ("Whimbrel Fields", "Harebell Common", "Lantern Meadow", "Sea Holly Green"),
    "estate": (
        "Puffin estate",
        "Redshank estate",
        "Sandpiper estate",
        "Driftwood estate",
        "Teal Banks estate",
    ),
    "shopping_street": ("Chandlers Parade", "Ropewalk High Street", "Netmakers Row", "Sailcloth Parade"),
    "transport_hub": ("Larkhaven Interchange", "Central Station quarter"),
    "waterfront": ("Old Quays waterfront", "Breakwater promenade", "Lifeboat Slips waterfront"),
    "night_time_area": ("Lamplighter Lanes", "Coopers Lanes", "Tidewater Lanes"),
    "school_surroundings": ("Learning Mile surroundings", "Northlight campus surroundings"),
    "shops_and_food": ("Mariners Corner parades", "Bellbuoy parades", "Saltcellar parades"),
    "leisure": ("Regatta leisure quarter", "Lido and courts quarter"),
}

PARKS = (
    "Cormorant Park", "Dune Gardens", "Foghorn Heath", "Glasswort Common", "Lobelia Gardens",
    "Oystercatcher Park", "Sandwort Wood", "Starfish Green", "Wigeon Down", "Windlass Gardens",
)  # fmt: skip

AGENCIES = (
    "Youth Service", "Neighbourhood Policing", "Housing", "Community Safety", "Education Inclusion",
    "Public Health",
    "Parks and Green Spaces", "Licensing", "Families in Focus", "Transport", "Voluntary Sector Network",
)  # fmt: skip

ACCENTED_AGENCY = "Café project"

ROLES = (
    "Deputy Service Manager", "Area Families in Focus Manager", "Safer Options Manager",
    "Intelligence Investigator",
    "Neighbourhood Inspector", "Youth Work Lead", "Education Inclusion Manager", "Housing Manager",
)  # fmt: skip
