"""Plugins that look right, and fail when what they gave is used."""

from gallery import acts
from gallery.acts import evaluated, tried
from gallery.cases import LEFT_OUT, used
from gallery.world import scheme

import kepu_core as kepu
from kepu_core.testing.contracts import ExporterContract, StorageContract

NUMBER = evaluated(scheme("broken.number"))
SHARES = evaluated(scheme(rule="broken.shares"))
FITTED = evaluated(scheme(rule="broken.fit"))
COMBINED = evaluated(scheme(aggregation=kepu.AggregationSpec(kind="broken.combine")))
WEIGHTED = evaluated(scheme(weighting=[kepu.WeightingSpec(kind="broken.weights", share=1)]))
MISSING = evaluated(scheme("broken.number", missing="zero"), on_error="missing")
STRICT = evaluated(scheme("broken.number"), on_error="missing")
ANNUAL = evaluated("broken.annual")
GOOD = evaluated("good.annual")

FAILED, RULE = "evaluation.metric-failed", "evaluation.rule-failed"

METRICS = [
    used(NUMBER, "metrics:raises_for_one", "A metric raises for one city", FAILED, "broken.number", "440300", "2021",
         "ValueError: the register of 440300 is not closed", "metrics.py:", mend='on_error="missing"'),
    used(MISSING, "metrics:raises_for_one", 'The same, where the caller said on_error="missing"', FAILED,
         "broken.number", "its figures count as missing"),
    used(STRICT, "metrics:raises_for_one", "The same, where the scheme lets nothing be missing", FAILED,
         "broken.number", "440300", "ValueError: the register of 440300 is not closed",
         besides=("evaluation.missing",), mend="plugin"),
    used(NUMBER, "metrics:leaves", "A metric leaves the interpreter", FAILED, "broken.number", "SystemExit: 3",
         "every subject"),
    used(NUMBER, "metrics:raises_one_of_ours", "A metric raises an error of the library itself", FAILED, "last year"),
    used(NUMBER, "metrics:moves_the_period", "A metric changes the facts", FAILED, "facts cannot be changed: period"),
    used(NUMBER, "metrics:writes_into_the_figures", "A metric writes into the figures", FAILED, "read-only"),
    used(NUMBER, "metrics:unknown_reason", "A metric gives a reason that there is not", FAILED, "broken.number",
         "ValueError", "77", "metrics.py:", mend="plugin"),
    used(NUMBER, "metrics:not_a_number", "A metric gives NaN: an undefined figure, never a number",
         "evaluation.missing", "440300", "undefined", named="broken.number", mend="missing policy"),
    used(NUMBER, "metrics:too_short", "A metric gives too few figures", "evaluation.metric-result", "broken.number",
         "Values of 1", "2 subjects", mend="facts"),
    used(NUMBER, "metrics:a_list", "A metric gives a list", "evaluation.metric-result", "broken.number",
         "list [1.0, 1.0]", mend="Values"),
    used(NUMBER, "metrics:out_of_range", "A metric leaves the range that it states", "evaluation.metric-range",
         "broken.number", "0…100", "440100 300", "440300 400", mend="low and high"),
    used(NUMBER, "metrics:out_of_force", "A metric follows rules that are no longer in force",
         "evaluation.metric-not-in-force", "broken.number", "2015 rules", "2019-12-31", "2021"),
    used(NUMBER, "metrics:about_bases", "A metric is about something else than the scheme", "scheme.metric-subject",
         "base", "region", named="broken.number"),
]  # fmt: skip

RULES = [
    used(SHARES, "rules:raises", "A rule raises", RULE, "tried", "broken.shares", "kepu_scoring_rules",
         "LookupError: no goalposts", mend="plugin"),
    used(SHARES, "rules:not_a_number", "A rule gives NaN", RULE, "tried", "broken.shares", "no finite number"),
    used(SHARES, "rules:out_of_bounds", "A rule gives more than all points", RULE, "tried", "between 0 and 1"),
    used(SHARES, "rules:too_short", "A rule gives too few shares", RULE, "tried", "2 values need as many shares"),
    used(SHARES, "rules:a_text", "A rule gives a text", RULE, "tried", "full marks"),
    used(SHARES, "rules:writes_into_the_cells", "A rule writes into the figures", RULE, "tried", "read-only"),
    used(SHARES, "rules:leaves", "A rule leaves the interpreter", RULE, "tried", "broken.shares", "SystemExit: 3"),
    used(SHARES, "rules:fits_raises", "A rule raises when asked for its direction", "scheme.method-failed", "tried",
         "LookupError: no direction", named="broken.shares", mend="plugin"),
    used(SHARES, "rules:derive_raises", "A rule raises when it derives its figures", RULE, "tried", "broken.shares",
         "LookupError: no figures of the year before"),
    used(SHARES, "rules:derive_too_short", "A rule derives too few figures", RULE, "tried", "broken.shares",
         "2 subjects need as many figures"),
    used(FITTED, "rules:fit_raises", "A rule cannot be fitted", RULE, "tried", "broken.fit", "no goalposts"),
    used(COMBINED, "rules:combine_raises", "An aggregation raises", "evaluation.aggregation-failed", "total",
         "broken.combine", "no table of pairs"),
    used(WEIGHTED, "rules:weights_below_zero", "A weighting gives weights below zero", "evaluation.weighting-failed",
         "total", "broken.weights", "not negative"),
    used(ANNUAL, "rules:unknown_metric", "A scheme names a metric that nobody offers", "scheme.unknown-metric",
         "good.venue", named="venues", mend="good.venues"),
    used(ANNUAL, "rules:unknown_rule", "A scheme names a rule that nobody offers", "scheme.unknown-rule", "ratios",
         named="venues", mend="ratio"),
    used(ANNUAL, "rules:wrong_parameter", "A scheme gives a rule a parameter that it lacks", "field.unknown", "goal",
         named="goal", mend="target"),
    used(ANNUAL, "rules:wrong_type", "A scheme gives a rule a parameter of the wrong type", "field.type", "target",
         named="four", mend="number"),
]  # fmt: skip

RECORDS = [
    used(acts.PUT, "records:check_raises", "A check raises", "plugin.check", "broken.check",
         "LookupError: no list of addresses", "records.py:", rest=LEFT_OUT, mend="KEPU_BLOCK_PLUGINS"),
    used(acts.PUT, "records:check_leaves", "A check leaves the interpreter", "plugin.check", "broken.check",
         "SystemExit: 3", rest=LEFT_OUT),
    used(acts.PUT, "records:check_gives_nothing", "A check gives nothing, not even an empty list", "plugin.check",
         "broken.check", "NoneType", rest=LEFT_OUT),
    used(acts.PUT, "records:check_yields_a_text", "A check yields a text", "plugin.check", "broken.check",
         "b1 has no day of opening", rest=LEFT_OUT),
    used(acts.PUT_THE_UNKNOWN, "records:check_empties_the_batch", "A check tries to empty the list of records",
         "plugin.check", "broken.check", "AttributeError: 'tuple' object has no attribute 'clear'", "records.py:",
         besides=("region.unknown-code",), rest=LEFT_OUT, mend="nothing was written"),
    used(acts.PUT, "records:listener_raises", "Who is told of commits raises", "plugin.listener", "broken.tell",
         "ConnectionError: nobody answers", mend="what was done is done"),
    used(GOOD, "records:evaluation_listener_raises", "Who is told of evaluations raises", "plugin.listener",
         "broken.tell", "ConnectionError: nobody answers"),
    used(acts.PUT, "records:regions_raise", "A table of regions cannot be read", "plugin.regions", "broken.regions",
         "gb2260.csv", rest=LEFT_OUT, mend="KEPU_BLOCK_PLUGINS"),
    used(acts.PUT, "records:no_regions", "A table of regions gives nothing", "plugin.regions", "broken.regions",
         "NoneType", rest=LEFT_OUT),
    used(acts.PUT, "records:regions_are_codes", "A table of regions gives codes", "plugin.regions", "broken.regions",
         "str '440000'", rest=LEFT_OUT),
]  # fmt: skip

FILES = [
    used(acts.IMPORTED, "files:read_raises", "An importer raises", "import.failed", "broken.list",
         "no sheet called 2021", "files.py:", mend="nothing was imported"),
    used(acts.IMPORTED, "files:read_a_list", "An importer gives a list", "import.failed", "broken.list", "ImportResult"),
    used(acts.IMPORTED, "files:read_dictionaries", "An importer gives dictionaries instead of records",
         "import.failed", "broken.list", "{'id': 'b9'}"),
    used(acts.IMPORTED, "files:read_nothing", "An importer gives no list of records", "import.failed", "broken.list",
         "None", mend="nothing was imported"),
    used(acts.IMPORTED, "files:read_a_generator", "An importer gives a generator of records", "import.failed",
         "broken.list", "generator", mend="nothing was imported"),
    used(acts.IMPORTED, "files:read_a_part", "An importer gives a part of a record", "import.failed", "broken.list",
         "Contact", mend="nothing was imported"),
    used(acts.IMPORTED, "files:read_no_json", "An importer fails inside a library that it uses", "import.failed",
         "broken.list", "JSONDecodeError", "files.py:", mend="nothing was imported"),
    used(acts.EXPORTED, "files:write_stops_half_way", "An exporter raises half-way", "export.failed", "broken.list",
         "no template", "files.py:", mend="left as it was"),
    used(acts.EXPORTED, "files:write_leaves", "An exporter leaves the interpreter", "export.failed", "broken.list",
         "SystemExit: 3"),
    used(acts.EXPORTED, "files:write_a_text", "An exporter writes text instead of bytes", "export.failed",
         "broken.list", "bytes-like"),
    used(acts.EXPORTED, "files:write_one_of_ours", "An exporter raises an error of the library itself",
         "period.unreadable", "last year", "kepu_exporters"),
    used(tried(ExporterContract, "writes_only_to_its_stream"), "files:write_and_close",
         "An exporter closes the stream that it was given", "contract.exporter.closed", named="broken.list",
         mend="detach()"),
    used(tried(ExporterContract, "writes_only_to_its_stream"), "files:write_beside",
         "An exporter writes another file beside", "contract.side-effect", named="broken.list"),
    used(acts.OPENED, "stores:open_raises", "A store cannot be opened", "plugin.storage", "broken:here",
         "no route to the database", "stores.py:"),
    used(acts.OPENED, "stores:open_nothing", "A store gives nothing when it is opened", "plugin.storage",
         "broken:here", "None"),
    used(acts.PUT_THERE, "stores:commit_raises", "A store raises when it writes", "store.failed",
         "BufferError: the page cache is full", "stores.py:", named="broken:here", mend="nothing was written"),
    used(tried(StorageContract, "isolated"), "stores:loses_the_last_commit",
         "A store loses what was last written", "contract.storage.isolated", named="broken.store"),
]  # fmt: skip

COMMANDS = [
    used(acts.RUN, "commands:build_raises", "A command cannot be built", "plugin.command", "broken-list",
         "LookupError: no settings", "commands.py:"),
    used(acts.RUN, "commands:build_nothing", "What should build a command gives nothing", "plugin.command",
         "broken-list", "typer", "None"),
    used(acts.RUN, "commands:run_raises", "A command raises when it runs", "plugin.command", "broken-list",
         "LookupError: no settings", "commands.py:"),
]  # fmt: skip

USED = [*METRICS, *RULES, *RECORDS, *FILES, *COMMANDS]
