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
