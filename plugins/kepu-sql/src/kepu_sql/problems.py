"""What can be wrong with an address or with what a database allows."""

from kepu_core.domain.findings import Problem
from kepu_core.language import Text

BAD_ADDRESS = Problem(
    "sql.bad-address",
    Text("地址 {url} 中的 {part} 无法理解", "{part} in the address {url} cannot be understood"),
    Text(
        "可用：timeout=秒数；SQLite 另有 network=allow，PostgreSQL 另有 statement_timeout=秒数",
        "what can be said: timeout=SECONDS; for SQLite also network=allow, for PostgreSQL also statement_timeout=SECONDS",
    ),
)
ON_THE_NETWORK = Problem(
    "sql.network-drive",
    Text(
        "{url} 在网络驱动器上（{kind}）：那里的文件锁不可靠，多人写入会损坏 SQLite 文件",
        "{url} lies on a network drive ({kind}), where locks cannot be trusted: several writers would damage an SQLite file",
    ),
    Text(
        "把文件放在本机磁盘，用 kepu backup 或 kepu copy 传到网络驱动器；多人共用请用 PostgreSQL。确认只有一人使用时可加 ?network=allow",
        "keep the file on a local disk and bring copies there with kepu backup or kepu copy; share through PostgreSQL. "
        "If nobody else will ever use it, add ?network=allow",
    ),
)
NO_FOLDER = Problem(
    "sql.no-folder",
    Text("{url} 所在的文件夹 {folder} 不存在", "the folder {folder} of {url} does not exist"),
    Text("先建好文件夹，或核对路径", "make the folder first, or check the path"),
)
NO_CONNECTION = Problem(
    "sql.no-connection",
    Text("连不上 {url}：{reason}", "{url} cannot be reached: {reason}"),
    Text(
        "核对主机、端口、数据库名、用户、口令和地址中的选项；服务器是否在运行",
        "check host, port, database, user, password and the options in the address, and that the server runs",
    ),
)
TARGET_TAKEN = Problem(
    "sql.target-taken",
    Text("{url} 已存在，或不是新的 .kepu 文件", "{url} exists, or is no new .kepu file"),
    Text("抢救出的数据写入新的 .kepu 文件：换一个名字", "what is saved goes to a new .kepu file: take another name"),
)
HOPELESS = Problem(
    "sql.nothing-to-save",
    Text(
        "{url} 损坏严重，连表名也读不出：{reason}", "{url} is damaged so that not even its tables can be read: {reason}"
    ),
    Text("从备份恢复：kepu copy 新位置 -w 备份", "restore a backup: kepu copy TARGET -w BACKUP"),
)
MEANWHILE = Problem(
    "sql.written-meanwhile",
    Text("别的写入者同时在 {url} 写入了同样的记录", "another writer wrote the same records to {url} at the same time"),
    Text("重试；未写入任何数据", "try again; nothing was written"),
)
NO_PSYCOPG = Problem(
    "sql.no-psycopg",
    Text("连接 PostgreSQL 需要 psycopg", "PostgreSQL needs psycopg"),
    Text("pip install 'kepu-sql[postgresql]'", "pip install 'kepu-sql[postgresql]'"),
)
NOT_ALLOWED = Problem(
    "sql.not-allowed",
    Text("数据库角色在 {url} 没有权限：{reason}", "the database role may not do this in {url}: {reason}"),
    Text(
        "请管理员授权（见操作指南中的角色一节）；未写入任何数据",
        "ask the administrator for the right (see the roles in the how-to on operating); nothing was written",
    ),
)
