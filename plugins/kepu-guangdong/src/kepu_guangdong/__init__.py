"""The Guangdong province pack: regions, the 2021 plan, figures, a scheme, and what ``kepu demo`` runs on."""

from kepu_guangdong.figures import illustrative_figures, published_figures
from kepu_guangdong.material import plan_records
from kepu_guangdong.regions import load_regions
from kepu_guangdong.schemes import CITY_ANNUAL_2021
from kepu_guangdong.tiles import CITY_TILES

__all__ = [
    "CITY_ANNUAL_2021",
    "CITY_TILES",
    "illustrative_figures",
    "load_regions",
    "plan_records",
    "published_figures",
]
