"""The attackers: they try to work out true counts from what was released, as somebody curious outside would.

    from pipelines.audit.attack import audit
    from pipelines.audit.verdict import render
    verdict = audit(Settings(data_dir))
    print(render(verdict))

The rooms: `released` reads every snapshot together; `relations` says, one function each, what an attacker knows
holds between counts; `windows` says what one released cell leaves possible, `bounds` and `programme` what all of
them together do, and `feasible` puts these to work. The attackers are `feasible`, `differencing`, `insider_feed`,
`insider_record` and `canaries`; `structure` checks what must always hold, and `naive` breaks a careless release with
the same tools, which shows that they can. `attack` runs them all and `verdict` says what they found.

Nothing here writes anything, and nothing but the command, the tests and the benchmarks may import it.
"""
