"""What can be wrong with a sheet, and what is only told."""

from kepu_core import Problem, Severity, Text

# The file as a whole

NOT_A_WORKBOOK = Problem(
    "office.not-a-workbook",
    Text("这不是 Excel 工作簿：{reason}", "this is no Excel workbook: {reason}"),
    Text("用 Excel 或 WPS 打开，另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx"),
)
OLD_FORMAT = Problem(
    "office.xls",
    Text("这是旧格式的 Excel 文件（.xls）", "this is a file of the old Excel format (.xls)"),
    Text(
        "用 Excel 或 WPS 打开，选“另存为”，类型选 .xlsx；只改后缀名不行",
        "open it in Excel or WPS, choose “save as” and the type .xlsx; changing the ending of its name is not enough",
    ),
)
ENCRYPTED = Problem(
    "office.encrypted",
    Text("文件设有打开密码", "the file is protected by a password"),
    Text("去掉密码后另存", "save it without the password"),
)
DAMAGED = Problem(
    "office.damaged",
    Text("文件已损坏或不完整：{reason}", "the file is damaged or incomplete: {reason}"),
    Text("请报送人重新发送，或打开后另存一份", "ask for it again, or open it and save it anew"),
)
UNSAFE = Problem(
    "office.unsafe",
    Text("文件中有不应出现的内容：{what}", "the file holds what does not belong in one: {what}"),
    Text("把数据复制到新建的工作簿里再报送", "copy the data into a new workbook"),
)
TOO_LARGE = Problem(
    "office.limit",
    Text("{what} {found}，超过上限 {limit}", "{what}: {found}, above the limit of {limit}"),
    Text("删去无关内容和空行空列，或分成几个文件", "take out what is not needed, empty rows and columns, or split it"),
)
MACROS = Problem(
    "office.macros",
    Text("文件含宏；没有运行，也不会保留", "the file has macros; they were not run and are not kept"),
    Text("只报送数据时用 .xlsx", "for data alone, .xlsx is enough"),
    Severity.NOTE,
)
LINKS = Problem(
    "office.external-links",
    Text("文件引用了其他工作簿；没有打开它们", "the file refers to other workbooks; they were not opened"),
    Text("把引用的数值粘贴为值", "paste the values that come from them as values"),
    Severity.NOTE,
)
READ_AS = Problem(
    "office.encoding",
    Text("不是 UTF-8，按 {encoding} 读取", "not UTF-8; read as {encoding}"),
    Text("若文字有误，用 --encoding 指明编码", "if the text looks wrong, name the encoding with --encoding"),
    Severity.NOTE,
)
UNREADABLE = Problem(
    "office.unreadable",
    Text("文字编码无法识别（{tried}）", "the text encoding cannot be told ({tried})"),
    Text("另存为 UTF-8，或用 --encoding 指明编码", "save it as UTF-8, or name the encoding with --encoding"),
)
EMPTY = Problem(
    "office.empty",
    Text("没有读出任何记录：表中没有数据行", "no record was read: there are no rows of data"),
    Text("在表头之下逐行填写", "fill in rows below the header"),
    Severity.WARNING,
)
MAPPING_FILE = Problem(
    "office.mapping-file",
    Text("对应表有误：{reason}", "the mapping is wrong: {reason}"),
    Text("用 --mapping-for 重新生成，再修改", "make it again with --mapping-for, and edit that"),
)
MAPPED_COLUMN = Problem(
    "office.mapped-column",
    Text("对应表里的列“{column}”在表头中找不到", "the column {column!r} of the mapping is not in the header"),
    Text("表头有：{known}", "the header has: {known}"),
)
MAPPED_SHEET = Problem(
    "office.mapped-sheet",
    Text("对应表里的工作表“{sheet}”不存在", "there is no sheet {sheet!r}, which the mapping names"),
    Text("工作表有：{known}", "the sheets are: {known}"),
)

# Sheets and columns

HIDDEN = Problem(
    "office.hidden-sheet",
    Text("隐藏的工作表没有读取", "a hidden sheet was not read"),
    Text("要读取就取消隐藏", "show it if it is meant to be read"),
    Severity.NOTE,
)
NO_HEADER = Problem(
    "office.no-header",
    Text("找不到表头：没有一行像是{types}的列名", "no header was found: no row looks like the columns of {types}"),
    Text(
        "用 kepu 生成的模板填写，或用 --mapping 说明哪一列是哪个字段",
        "fill in a template made by kepu, or say with --mapping which column is which field",
    ),
)
NOT_READ = Problem(
    "office.sheet-passed-over",
    Text("工作表里找不到表头，没有读取", "no header was found in the sheet; it was not read"),
    Text("若其中有数据，用 --mapping 说明", "if there is data in it, use --mapping"),
    Severity.WARNING,
)
AMBIGUOUS_KIND = Problem(
    "office.kind",
    Text("看不出表中是哪种记录：可能是{kinds}", "which record is in the table cannot be told; perhaps {kinds}"),
    Text("用 --type 指明", "name it with --type"),
)
UNKNOWN_KIND = Problem(
    "office.unknown-type",
    Text("没有记录类型 {kind}", "there is no record type {kind}"),
    Text("类型有：{known}", "the types are: {known}"),
)
MISSING_COLUMN = Problem(
    "office.missing-column",
    Text("缺少必填的列“{column}”", "the required column {column!r} is missing"),
    Text("补上这一列{hint}", "add the column{hint}"),
)
COLUMN_TWICE = Problem(
    "office.column-twice",
    Text("列“{column}”与 {first} 列是同一个字段", "the column {column!r} is the same field as column {first}"),
    Text("删去一列，或改正列名", "drop one of them, or correct its name"),
)
UNKNOWN_COLUMN = Problem(
    "office.unknown-column",
    Text("列“{column}”没有读取：不是已知的字段", "the column {column!r} was not read: it is no known field"),
    Text(
        "不需要就不用管；需要就用 --mapping 说明", "leave it if it is not needed; say what it is with --mapping if so"
    ),
    Severity.NOTE,
)
LIKE_COLUMN = Problem(
    "office.unknown-column",
    Text("列“{column}”没有读取：不是已知的字段", "the column {column!r} was not read: it is no known field"),
    Text("是否为“{near}”？是就改正列名", "did you mean {near!r}? then correct its name"),
    Severity.WARNING,
)
WRONG_UNIT = Problem(
    "office.unit",
    Text("列“{column}”的单位是“{found}”，应为“{unit}”", "the column {column!r} is in {found}, it should be in {unit}"),
    Text(
        "换算后改正表头，或在 --mapping 中给出换算系数",
        "convert it and correct the header, or give a factor in --mapping",
    ),
)
TITLE_UNIT = Problem(
    "office.title-unit",
    Text(
        "表头之上写着单位“{found}”，列“{column}”没有写单位，应为“{unit}”",
        "a unit is named above the header, {found}; the column {column!r} names none, and should be in {unit}",
    ),
    Text(
        "在列名后用括号写明单位，如“{column}（{found}）”",
        "name the unit in brackets behind the name of the column: {column} ({found})",
    ),
)
TITLE_OTHER_UNIT = Problem(
    "office.title-unit",
    TITLE_UNIT.message,
    Text(
        "换算成{unit}，在列名后用括号写明单位，如“{column}（{unit}）”",
        "convert it, and name the unit in brackets behind the name of the column: {column} ({unit})",
    ),
)
TITLE_UNUSED = Problem(
    "office.title-unit",
    Text(
        "表头之上写着“单位：{found}”，但不是任何一列的单位；数值按各列自己的单位读取",
        "a unit is named above the header, {found}, which is that of no column; numbers are in the units of their columns",
    ),
    Text(
        "若是计量单位，写到所属列名后的括号里；若是报送单位，写成“填报单位：{found}”",
        "a unit belongs in brackets behind the name of its column; for the body that reports write 填报单位：{found}",
    ),
    Severity.WARNING,
)

# Rows that are passed over

TOTAL_ROW = Problem(
    "office.total-row",
    Text("“{text}”行没有读取：它是汇总", "the row {text!r} was passed over: it is a total"),
    Text("不用处理", "nothing to do"),
    Severity.NOTE,
)
NOTE_ROW = Problem(
    "office.note-row",
    Text("“{text}”行没有读取：它是说明，不是数据", "the row {text!r} was passed over: it is a remark, no data"),
    Text("若是数据，填到表中相应的列", "if it is data, put it into its columns"),
    Severity.NOTE,
)
HEADER_AGAIN = Problem(
    "office.header-again",
    Text("重复的表头没有读取", "a header that is repeated was passed over"),
    Text("不用处理", "nothing to do"),
    Severity.NOTE,
)
TWICE = Problem(
    "office.twice",
    Text(
        "与第 {first} 行是同一条记录（{key}），但内容不同",
        "this is the record of row {first} ({key}) once more, but differs",
    ),
    Text(
        "留下正确的一行；若确是两条，在“标识”列填不同的标识",
        "keep the row that is right; if they are two, give them different ids in the column of ids",
    ),
)
SAME_AGAIN = Problem(
    "office.same-row",
    Text("与第 {first} 行完全相同，只读取一次", "this row is the same as row {first}; it was read once"),
    Text("删去一行", "drop one of them"),
    Severity.WARNING,
)
COLLISION = Problem(
    "office.id-collision",
    Text(
        "由“{key}”得出的标识 {id} 已属于“{other}”",
        "the id {id}, which follows from {key!r}, belongs to {other!r} already",
    ),
    Text("在“标识”列填一个标识", "give an id in the column of ids"),
)

# Cells

MISSING = Problem(
    "office.missing",
    Text("“{label}”没有填写", "{label} is not filled in"),
    Text("填写{expected}", "give {expected}"),
)
TREATED_AS_BLANK = Problem(
    "office.treated-as-blank",
    Text("“{found}”按未填处理，不是 0", "{found!r} was taken as not filled in, which is not 0"),
    Text("若是零，填 0", "if it is zero, write 0"),
    Severity.NOTE,
)
WRONG = Problem(
    "office.cell",
    Text("“{label}”应为{expected}，而不是“{found}”", "{label} should be {expected}, not {found!r}"),
    Text("改成{expected}", "make it {expected}"),
)
ERROR_VALUE = Problem(
    "office.error-value",
    Text("“{label}”的公式出错：{found}", "the formula of {label} has failed: {found}"),
    Text("改正公式，或直接填写数值", "mend the formula, or give the value itself"),
)
NOT_COMPUTED = Problem(
    "office.formula-not-computed",
    Text("“{label}”是还没有计算过的公式", "{label} is a formula that was never computed"),
    Text(
        "用 Excel 或 WPS 打开并保存一次，或直接填写数值", "open and save it in Excel or WPS, or give the value itself"
    ),
)
FORMULAS = Problem(
    "office.formulas",
    Text(
        "有 {count} 个公式，取的是文件里存的计算结果（如 {cells}）",
        "{count} formulas: their stored results were taken ({cells})",
    ),
    Text("若结果已过时，重新计算后保存", "if the results are out of date, compute and save it again"),
    Severity.NOTE,
)
DIGITS_LOST = Problem(
    "office.digits-lost",
    Text(
        "“{label}”填成了数值，{found} 的末几位已经丢失",
        "{label} was entered as a number: the last digits of {found} are lost",
    ),
    Text("把单元格格式设为“文本”再重新填写", "set the format of the cell to text and enter it again"),
)
NO_DAY = Problem(
    "office.no-day",
    Text("“{found}”没有写到日", "{found!r} does not say the day"),
    Text("写成年月日，如 2021-05-03", "write year, month and day, such as 2021-05-03"),
)
NO_YEAR = Problem(
    "office.no-year",
    Text("“{found}”没有写年份", "{found!r} does not say the year"),
    Text("写成年月日，如 2021-05-03", "write year, month and day, such as 2021-05-03"),
)
AMBIGUOUS_DATE = Problem(
    "office.ambiguous-date",
    Text("“{found}”有几种读法", "{found!r} can be read in several ways"),
    Text("年份写四位，如 2021-05-03", "write the year in four digits, such as 2021-05-03"),
)
SERIAL = Problem(
    "office.serial-date",
    Text("{found} 按日期序号读作 {date}", "{found} was read as the serial number of {date}"),
    Text("把单元格格式设为“日期”", "set the format of the cell to a date"),
    Severity.NOTE,
)
MONTH_FROM_DATE = Problem(
    "office.month-from-date",
    Text("日期 {found} 按月份 {period} 读取", "the date {found} was read as the month {period}"),
    Text("若指的不是整月，写明统计期", "if the month is not meant, write the period"),
    Severity.NOTE,
)
APPROXIMATE = Problem(
    "office.approximate",
    Text("“{found}”不是确数", "{found!r} is no exact number"),
    Text("填写确切的数", "give the exact number"),
)
CELL_UNIT = Problem(
    "office.cell-unit",
    Text(
        "“{found}”的单位是“{unit}”，“{label}”的单位是“{expected}”", "{found!r} is in {unit}; {label} is in {expected}"
    ),
    Text("换算成{expected}，只填数字", "convert it to {expected} and give the number alone"),
)
NO_UNIT = Problem(
    "office.cell-unit",
    Text(
        "“{found}”带有单位，而本行没有填写单位，不知是否一致",
        "{found!r} is in a unit, but its row names none that it could be compared with",
    ),
    Text("在“单位”列填写单位，或只填数字", "give the unit in the column of units, or the number alone"),
)
NO_UNIT_BESIDE = Problem(
    "office.cell-unit",
    Text(
        "“{found}”按表头或表上方以“{unit}”计，而本行没有填写单位，不知是否一致",
        "{found!r} is in {unit} by its header or title, but its row names no unit that it could be compared with",
    ),
    NO_UNIT.mend,
)
SEVERAL_UNITS = Problem(
    "office.cell-unit",
    Text(
        "表头之上写着单位{units}，本行没有填写单位，不知是哪一个",
        "units are named above the header ({units}), and the row does not say which of them is meant",
    ),
    Text("在“单位”列填写本行的单位", "give the unit of the row in the column of units"),
)
UNITS_DIFFER = Problem(
    "office.units-differ",
    Text(
        "表格上方写着单位{above}，本行却写{unit}，不知数值以哪个计",
        "the title says {above}, the row says {unit}: which of them the number is in cannot be told",
    ),
    Text("两处写同一个单位，数值按它填写", "let both say the same unit, and give the number in it"),
)
MERGED_NUMBER = Problem(
    "office.merged-number",
    Text(
        "“{label}”的数填在合并单元格（{cells}）里，分不清属于哪一行",
        "the number of {label} stands in merged cells ({cells})",
    ),
    Text("取消合并，逐行填写", "take the cells apart and fill in each row"),
)
UNKNOWN_REGION = Problem(
    "office.region",
    Text("“{found}”不是已知的地区", "{found!r} is no known region"),
    Text("填写 6 位区划代码或全称{hint}", "give the code of 6 digits, or the full name{hint}"),
)
AMBIGUOUS_NAME = Problem(
    "office.ambiguous-name",
    Text("“{found}”可能是：{candidates}", "{found!r} may be: {candidates}"),
    Text("填写标识或代码", "give the id or code"),
)
UNKNOWN_PARENT = Problem(
    "office.unknown-parent",
    Text("“{found}”不在工作表“{sheet}”中", "{found!r} is not in the sheet {sheet!r}"),
    Text("填写该表中的名称或标识", "give a name or id of that sheet"),
)
HELD = Problem(
    "office.held",
    Text(
        "有的行不知属于哪条{what}；缺了它就不完整，所以本文件的 {count} 条{what}都不导入",
        "it is not known to which record a row belongs, so none of the {count} of this file ({what}) is whole or taken",
    ),
    Text("改正标出的行，再导入一次", "mend the rows that are marked, and import it again"),
    Severity.WARNING,
)
PERSONAL = Problem(
    "office.personal",
    Text(
        "“{label}”不符合要求（是个人信息，内容不显示）", "{label} is not as it should be (personal, so it is not shown)"
    ),
    Text("填写{expected}", "give {expected}"),
)
TOO_LONG = Problem(
    "office.text-too-long",
    Text("“{label}”有 {found} 个字符，超过单元格的上限 {limit}", "{label} has {found} characters, more than {limit}"),
    Text("缩短文字", "shorten the text"),
)
UNKNOWN_NAME = Problem(
    "office.unknown-name",
    Text("“{label}”：没有叫“{found}”的{what}", "{label}: there is no {what} called {found!r}"),
    Text("填写已有的名称或标识{hint}", "give a name or id that there is{hint}"),
)
