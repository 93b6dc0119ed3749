"""Sentences for the registers: places, agencies and actions in calm words. No person is ever spoken of."""

MOVES = {
    "proposed": "Raised at the locality meeting after several agencies shared the same concern.",
    "agreed": "Agreed as a place to look at together, with one lead agency.",
    "scoping": "The lead agency is gathering what each service already knows about the place.",
    "in_progress": "Walkabout done with youth workers and housing; young people were asked what would help.",
    "goals_set": "Safety goals written with young people and traders.",
    "plan_active": "The plan is under way and reports back to the locality meeting.",
    "review_due": "The planned work is done; the review looks at what changed.",
    "closed_improved": "The place feels safer to those who use it and the figures agree.",
    "closed_no_change": "The work ended; no clear change was seen and the reasons are noted for next time.",
    "stepped_up": "Concerns went beyond what a place plan can hold and are led by another meeting.",
    "transferred_locality": "The neighbouring locality leads from now on, as most of the place lies there.",
}

GOALS = (
    (
        "Young people can cross the place after school without worry.",
        "More families and older residents use the paths in the late afternoon, and young people say so.",
        "Young people, youth workers and residents",
    ),
    (
        "Adults with a caring interest are present at the busiest times.",
        "Traders know whom to call, and youth workers are seen here every week.",
        "Traders, youth workers and housing officers",
    ),
    (
        "The layout of the place no longer hides what happens there.",
        "Lighting works, planting is cut back and the sight lines are open.",
        "Residents and the parks service",
    ),
    (
        "Fewer concerns about exploitation are raised here, and those raised are answered sooner.",
        "Schools and transport staff share what they notice within a working day.",
        "Schools, transport staff and young people",
    ),
)

ACTIONS = (
    (
        "Walk the place together at dusk and list what needs repair",
        "A shared list of lights, paths and planting to mend",
        "All repairs reported and dates agreed",
    ),
    (
        "Run detached youth work on two evenings a week",
        "Trusted adults present when the place is busiest",
        "Youth workers known by name of service to most young people asked",
    ),
    (
        "Offer training for traders who look out for young people",
        "More adults who notice and know what to do",
        "Half of the traders trained by the review",
    ),
    (
        "Agree with transport staff how concerns are passed on",
        "Concerns reach the right service the same day",
        "A written route that staff use",
    ),
    (
        "Cut back planting and renew the lighting by the main path",
        "Open sight lines after dark",
        "Works finished and checked on a walkabout",
    ),
    (
        "Hold an open conversation with residents and young people",
        "Residents and young people shape the plan together",
        "Two meetings held and the notes shared",
    ),
    (
        "Work with schools on safe routes at the end of the day",
        "Fewer worries voiced about the way home",
        "Routes agreed with each school nearby",
    ),
)

CONCERNS = {
    "exploitation": "More short visits by cars, and young people away from school here in the day.",
    "violence_and_fear": "Young people say they avoid the place after school; two services heard the same.",
    "knives_and_weapons": "Several reports of knives being carried through the place in the early evening.",
    "asb_and_other": "Noise and damage in the evenings, and residents keeping away from the benches.",
}

STRENGTHS = {
    "strength": (
        "A well used youth space with good attendance on weekday evenings.",
        "Residents run a regular clean and plant day together.",
        "Good lighting and open sight lines along the main path.",
    ),
    "guardian": (
        "Traders along the front greet young people and call early when worried.",
        "Transport staff are present until late and share what they notice.",
        "Volunteers keep the games court open after school.",
    ),
    "gap_in_knowledge": (
        "Little is known about the late evening at weekends.",
        "No service has asked younger children how the place feels to them.",
        "It is not known how the new bus stop has changed the way the place is used.",
    ),
}

RAG = {
    "red": "Several services are worried and the planned work has not started yet.",
    "amber": "Concern continues, with a plan under way.",
    "green": "Fewer concerns raised at the last two meetings and good presence in the evenings.",
    "not_rated": "Too little is known to say.",
}

CHOSEN = {
    "worked": "Several agencies named the place over a long period and residents asked for a presence.",
    "displaced": "The licensing and policing teams agreed it was the busiest corner of the two beats.",
    "nothing": "Records rose sharply in the two months before and a quick answer was wanted.",
    "other": "Raised by the locality meeting.",
}

DROPPED = "Another service already does this here."

AGENDA = (
    "How the new lighting by the main path is going, and what residents say of it.",
    "What young people told the youth service about the evenings here.",
    "Whether the plan still fits the way the place is used.",
    "What the summer activities changed, with the schools in the room.",
    "Who could hold the next open conversation with residents.",
    "Whether traders would share what they notice in the early evening.",
    "How far the walk of the area with housing has come.",
    "What the families nearby would want to see first.",
)
