"""Several sites of one type of intervention: what the type does, and how many could not tell by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t
from statsmodels.stats.meta_analysis import combine_effects

from pipelines.insight.impact.estimate import CANNOT_TELL, INCREASE, NONE, REDUCTION, Effect, Estimate, verdict_of
from pipelines.insight.impact.interval import bounds

Table = NDArray[np.float64]

LEAST_SITES = 2


@dataclass(frozen=True)
class Pooled(Effect):
    """All sites together: their counts summed. Grain of the effect: the incidents of all sites.

    sites, refused                   sites that were judged, and that were refused
    reduced, increased, cannot_tell  how many sites say which by themselves
    reduced_net                      sites that say it of the places around them together with them, too
    site_ratio, site_ratio_low, site_ratio_high  mean ratio over sites, each alike, with its 95% interval (random effects)
    differ       p value that sites differ by more than chance (Cochran's Q); NaN with fewer than two
    share_rows   some sites are compared with the same places, so they are not quite independent: the interval is a
                 little too narrow
    """

    sites: int = 0
    refused: int = 0
    reduced: int = 0
    increased: int = 0
    cannot_tell: int = 0
    reduced_net: int = 0
    site_ratio: float = NONE
    site_ratio_low: float = NONE
    site_ratio_high: float = NONE
    differ: float = NONE
    share_rows: bool = False


def pooled(estimates: Sequence[Estimate]) -> Pooled:
    """What several interventions of one type did together.

    Counts are summed: RR = sum T1 / sum E, so a site weighs by how many incidents were expected there, and a site that
    could not tell by itself still counts. Its interval inverts the beta-binomial with the sites' mean dispersion, to which
    the variance of effects between sites is added: phi + tau^2 sum E^2 / sum E, tau^2 by Paule and Mandel (1982). Beside
    it the mean of the sites' log ratios, by random effects with the interval of Hartung and Knapp (2001).

    The sums are the headline because they see more with few sites: of five that reduced by three tenths 79% are told, by
    the mean of sites 64%, and of two 47% and none, at the same share of false claims (benchmarks/impact.py). Both hold the
    truth as often as they claim, though sites of one city share their comparison.

    estimates  one for each site, all with one guard, or all the weaker claim; refused ones are counted and left out. The
               rows of one site must not be compared with in another while both go on (`others` of `estimate`)
    """
    judged = [one for one in estimates if not one.reason and one.expected > 0 and one.dispersion > 0]
    reduced, increased, unsure = (sum(one.verdict == word for one in judged) for word in (REDUCTION, INCREASE, CANNOT_TELL))
    counts = Pooled(
        CANNOT_TELL, reason="too_few_sites", sites=len(judged), refused=len(estimates) - len(judged), reduced=reduced,
        increased=increased, cannot_tell=unsure,
        reduced_net=sum(one.verdict == REDUCTION and _net_fell(one) for one in judged),
        share_rows=any(set(one.controls) & set(two.controls) for at, one in enumerate(judged) for two in judged[:at]),
    )  # fmt: skip
    if len(judged) < LEAST_SITES:
        return counts
    before, after, expected, phi = (
        np.array([getattr(one, name) for one in judged]) for name in ("before", "actual", "expected", "dispersion")
    )
    sites = _random_effects(before, after, expected, phi)
    between = sites.pop("between")
    spread = float(phi @ expected / expected.sum() + between * (expected @ expected) / expected.sum())
    earlier, seen, due = (float(one.sum()) for one in (before, after, expected))
    ends = bounds(
        np.array([earlier]), np.array([seen]), np.array([due / earlier]), lambda total, share: np.full_like(share, spread),
        step=1,
    )  # fmt: skip
    low, high = (float(one[0]) for one in ends)
    return replace(
        counts, verdict=verdict_of(low, high), reason=None, rate_ratio=seen / due, rate_ratio_low=low, rate_ratio_high=high,
        expected=due, actual=seen, prevented_low=due * (1 - high), prevented_high=due * (1 - low), before=earlier,
        dispersion=spread, site_ratio=sites["ratio"], site_ratio_low=sites["low"], site_ratio_high=sites["high"],
        differ=sites["differ"],
    )  # fmt: skip


def _net_fell(site: Estimate) -> bool:
    return site.net is not None and site.net.verdict == REDUCTION


def _random_effects(before: Table, after: Table, expected: Table, phi: Table) -> dict[str, float]:
    """Mean of the log ratios y = log((T1 + 1/2) / (T0 + 1/2) T0 / E), of variance phi (1 / (T1 + 1/2) + 1 / (T0 + 1/2))."""
    ratio = np.log((after + 0.5) / (before + 0.5) * before / expected)
    variance = phi * (1 / (after + 0.5) + 1 / (before + 0.5))
    found = combine_effects(ratio, variance, method_re="iterated")
    # Never narrower than the sites' own variances allow: with few sites the estimated scale is often far too small.
    half = float(t.isf(0.025, len(ratio) - 1)) * max(float(found.sd_eff_w_re), float(found.sd_eff_w_re_hksj))
    mean = float(found.mean_effect_re)
    return {
        "between": max(float(found.tau2), 0.0), "ratio": float(np.exp(mean)),
        "low": float(np.exp(mean - half)), "high": float(np.exp(mean + half)),
        "differ": float(found.test_homogeneity().pvalue),
    }  # fmt: skip
