"""What every metric, record type, check, exporter, scheme and plugin must keep, three lines each."""

from kepu_core.testing import (
    CheckContract,
    ExporterContract,
    MetricContract,
    PluginContract,
    RecordTypeContract,
    SchemeContract,
)
from kepu_shenzhen import checks, exporters, metrics, records, schemes


class TestBasesPer100k(MetricContract):
    metric = metrics.bases_per_100k


class TestReportingRate(MetricContract):
    metric = metrics.reporting_rate


class TestStationsPerStreet(MetricContract):
    metric = metrics.stations_per_street


class TestOnsitePer10k(MetricContract):
    metric = metrics.onsite_per_10k


class TestDebunksAdopted(MetricContract):
    metric = metrics.debunks_adopted


class TestStation(RecordTypeContract):
    record_type = records.Station


class TestRegister(CheckContract):
    check = checks.REGISTER
    record_types = (records.Station,)


class TestBulletin(ExporterContract):
    exporter = exporters.BULLETIN


class TestDistrictAnnual(SchemeContract):
    scheme = schemes.DISTRICT_ANNUAL_2021
    plugin = "kepu_shenzhen.plugin"


class TestPlugin(PluginContract):
    plugin = "kepu_shenzhen.plugin"
