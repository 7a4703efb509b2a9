"""What is told of a collection as a whole; what is wrong inside of a file is told by its importer."""

from kepu_core import Problem, Severity, Text

NO_FOLDER = Problem(
    "collecting.no-folder",
    Text("没有文件或文件夹 {path}", "there is no file or folder {path}"),
    Text("核对路径", "check the path"),
)
NO_FILES = Problem(
    "collecting.no-files",
    Text("{path} 中没有可导入的文件", "there is no file in {path} that could be imported"),
    Text("把各地报送的文件放入其中", "put what was handed in into it"),
    Severity.WARNING,
)
PASSED_OVER = Problem(
    "collecting.passed-over",
    Text("没有读取：没有导入方式认得后缀 {suffix}", "not read: no importer knows the suffix {suffix}"),
    Text("若是报送的数据，另存为 .xlsx", "save it as .xlsx if it is a return"),
    Severity.WARNING,
)
OWN_STATUS = Problem(
    "collecting.own-status",
    Text(
        "没有读取：这是 kepu collect 写出的报送情况，不是报送的数据",
        "not read: it is a status that kepu collect wrote, and no return",
    ),
    Text(
        "移到文件夹之外；若有人把数据填在其中，请其用模板重新填报",
        "move it out of the folder; if somebody filled data into it, ask for them in a template",
    ),
    Severity.WARNING,
)
TOO_MANY = Problem(
    "collecting.too-many-files",
    Text("{path} 中有 {found} 个文件，多于上限 {limit}", "there are {found} files in {path}, more than {limit}"),
    Text("分几次汇总", "collect them in several runs"),
)
LINK = Problem(
    "collecting.link",
    Text("没有读取：指向文件夹之外", "not read: it leads out of the folder"),
    Text("把文件本身放入文件夹", "put the file itself into the folder"),
    Severity.WARNING,
)
UNKNOWN_OWNER = Problem(
    "collecting.unknown-owner",
    Text(
        "看不出是哪个地区报送的：数据和文件名都没有说明",
        "which region handed this in cannot be told: neither its records nor its name say so",
    ),
    Text("放入以地区命名的文件夹，或在文件名中写明地区", "put it into a folder named after the region, or name it so"),
    Severity.WARNING,
)
SEVERAL_NAMED = Problem(
    "collecting.several-named",
    Text("名称中有几个地区：{names}", "its name tells of several regions: {names}"),
    Text("文件名只写报送地区", "name the region that handed it in, and no other"),
    Severity.WARNING,
)
OTHER_NAME = Problem(
    "collecting.name-differs",
    Text(
        "名称说是{named}报送，数据却是{found}的；按数据计",
        "by its name it is from {named}, its records are of {found}; it counts for {found}",
    ),
    Text("确认后改正文件位置或数据", "move the file, or correct its records"),
    Severity.WARNING,
)
STRAY = Problem(
    "collecting.stray-records",
    Text(
        "{owner}报送的文件里有 {count} 条{others}的记录",
        "the file of {owner} holds {count} records of {others}",
    ),
    Text("确认这些记录是否应由{owner}报送", "confirm that {owner} is to report them"),
    Severity.WARNING,
)
SEVERAL_OWNERS = Problem(
    "collecting.several-regions",
    Text("一个文件里有几个地区的记录：{names}；分别计入", "one file holds records of several regions: {names}"),
    Text("确认是汇总表", "confirm that it was put together for all of them"),
    Severity.NOTE,
)
NOT_EXPECTED = Problem(
    "collecting.not-expected",
    Text("记录属于{names}，不在应报地区之列", "its records are of {names}, which is not expected to report"),
    Text("核对 --under，或核对数据中的地区", "check --under, or the regions in the file"),
    Severity.WARNING,
)
IN_TWO_FILES = Problem(
    "collecting.in-two-files",
    Text(
        "与 {other} 中的同一条记录内容不同；以 {winner} 为准",
        "the same record stands in {other} with other contents; {winner} is taken",
    ),
    Text("确认以哪份为准，删去另一份", "confirm which one holds, and take the other away"),
    Severity.WARNING,
)
SUBJECT_NAME = Problem(
    "collecting.subject-is-a-name",
    Text(
        "对象“{found}”写的是名称：这些数据不会算作{code}的数据",
        "the subject {found!r} is a name: such figures do not count as those of {code}",
    ),
    Text("“对象”一列填区划代码 {code}", "give the code {code} as the subject"),
    Severity.WARNING,
)
SUBJECT_UNKNOWN = Problem(
    "collecting.unknown-subject",
    Text(
        "对象“{found}”不是已知的地区，也没有登记：这些数据不算已报",
        "the subject {found!r} is no known region and is not registered: such figures do not count as reported",
    ),
    Text("“对象”一列填区划代码，并删去这些数据", "give a code as the subject, and delete these figures"),
    Severity.WARNING,
)
GONE = Problem(
    "collecting.gone",
    Text(
        "{name}上次有、这次没有的“{type}”{count} 条：{ids}",
        "{name}: {count} of {type} are stored from before and not in what was handed in now: {ids}",
    ),
    Text("确认已取消；若确已取消，用 kepu delete 删除", "confirm that they are no more; if so, delete them"),
    Severity.WARNING,
)
BAD_CONFIRMED = Problem(
    "collecting.confirmed-file",
    Text("确认文件 {path} 读不出来：{reason}", "the file of confirmations {path} cannot be read: {reason}"),
    Text(
        "改正所说之处；或用 --doubts 另写一个文件，再填写",
        "mend what is told, or write another file with --doubts and fill it in",
    ),
)
NO_REGION = Problem(
    "collecting.no-region",
    Text("没有代码为 {code} 的地区", "there is no region with the code {code}"),
    Text("核对区划代码", "check the code"),
)
UNKNOWN_TYPE = Problem(
    "collecting.no-type",
    Text("没有记录类型 {type}", "there is no record type {type}"),
    Text("可用类型：{known}", "the types are: {known}"),
)
BAD_SUFFIX = Problem(
    "collecting.suffix",
    Text("不能写成 {suffix}", "the status cannot be written as {suffix}"),
    Text("用 .xlsx、.json 或 .html", "use .xlsx, .json or .html"),
)
