"""Sign-in: who is looking, for how long, and that nobody else is.

`settings` is how it is set up, `sessions` how long a sign-in lasts, `guard` decides for one run, `door` stands before
every message a browser sends, `page` is what is said to whoever is not let in, `terms` what a meeting asks first.
"""
