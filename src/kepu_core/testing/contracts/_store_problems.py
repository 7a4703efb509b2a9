"""How the laws of stores are told when they do not hold: one problem for each, its mend for whoever writes the store."""

from kepu_core.domain.findings import Problem
from kepu_core.language import Text

__all__ = [
    "AS_OF",
    "ATOMIC",
    "BODIES",
    "CHANGES",
    "CLOSED",
    "COMPACTED",
    "EXACT",
    "FINDS",
    "HOSTILITY",
    "ISOLATED",
    "KILLED",
    "MADE",
    "MISSING",
    "MODEL",
    "ONCE",
    "OPEN_FUNCTION",
    "PAGES",
    "READS_ONLY",
    "REFUSED",
    "REWRITTEN",
    "STREAMED",
    "TWO_HANDLES",
    "VERIFIED",
    "WORDS",
    "WRITERS",
]

SEEN = Text("{what}：{call}应为 {expected}，实为 {seen}", "{what}: {call} should give {expected}, and gave {seen}")
AFTERWARDS = Text(
    "{what}：{deed}之后，{call}应为 {expected}，实为 {seen}",
    "{what}: after {deed}, {call} should give {expected}, and gave {seen}",
)

MODEL = Problem("contract.storage.model", SEEN, Text("改正 {method}：{promise}", "mend {method}: {promise}"))
FINDS = Problem(
    "contract.storage.finds",
    SEEN,
    Text(
        "{method} 须逐个码点比较：不忽略大小写、不规范化、不用 LIKE；缺少的索引字段与任何值都不相等（空串也不等）；按 id 的码点排序",
        "let {method} compare code points: no folding of case, no normalising, no LIKE; an index field that is absent "
        "equals nothing, not even the empty text; order by code points of the id",
    ),
)
TWO_HANDLES = Problem(
    "contract.storage.two-handles",
    SEEN,
    Text(
        "{method} 每次都要看到其他句柄已提交的内容，不要依赖打开时读入的副本；{promise}",
        "let {method} look each time at what other handles have committed, not at a copy made on opening; {promise}",
    ),
)
WORDS = Problem(
    "contract.storage.words",
    SEEN,
    Text(
        "{method} 的每个 word 须逐个码点出现在检索文字中，全部出现才算：不分词、不忽略大小写，%、_ 和引号只是字符；"
        "不短于一个字也要能找到；删除或改写后旧文字不再找到",
        "let {method} look for every word code point by code point, and for all of them: no tokens, no folding of case; "
        "%, _ and quotes are plain characters; a word of one character is found too; the text of what was deleted or "
        "changed is found no more",
    ),
)
PAGES = Problem(
    "contract.storage.pages",
    SEEN,
    Text(
        "{method} 的 after 按 id 的码点比较且不含它本身，limit 在全部条件之后才数；不要用跳过多少条（OFFSET）来分页",
        "let {method} compare after with ids by code points, leave that id itself out, and count limit after all "
        "conditions; do not make pages by skipping so many (OFFSET)",
    ),
)
AS_OF = Problem(
    "contract.storage.as-of",
    SEEN,
    Text(
        "{method} 的 as_of 取提交序号不大于它的最新一版：条件和 words 用那一版自己的索引和文字，后来删除或重建的也按当时算",
        "let {method} take, with as_of, the newest revision of a commit up to that number: conditions and words are "
        "held against that revision's own index and text, whatever was deleted or made again later",
    ),
)
CHANGES = Problem(
    "contract.storage.changes",
    AFTERWARDS,
    Text(
        "{method} 按 (提交, 类型, id) 的码点次序给出 since 之后、until 为止的每一版，各一次，连同写入时的 index 和 text，删除标记也算",
        "let {method} give every revision after since and up to until, once each, in order of (commit, type, id) by code "
        "points, with the index and text that it was written with, tombstones too",
    ),
)
EXACT = Problem(
    "contract.storage.exact",
    SEEN,
    Text(
        "{method} 须原样给回：id、正文字节、作者和理由一字不改（不裁剪、不规范化、不重排 JSON），时间为同一时刻且带时区",
        "let {method} give back as it was given: ids, the bytes of bodies, author and reason unchanged (no trimming, "
        "no normalising, no new JSON), times as the same instant and aware of their zone",
    ),
)
ATOMIC = Problem(
    "contract.storage.atomic",
    AFTERWARDS,
    Text(
        "commit() 先读完全部 writes 及其 index 再开始写，并放在一个出错即撤回的事务里；序号也只在成功时用掉",
        "let commit() read all writes and their indexes before it writes any, inside one transaction that any error "
        "takes back; a number is used up only by success",
    ),
)
BODIES = Problem(
    "contract.storage.bodies",
    AFTERWARDS,
    Text(
        "commit() 在写入之前检查每个正文：既非 bytes 又非 None 就抛出 TypeError",
        "let commit() look at every body before it writes any, and raise TypeError for what is neither bytes nor None",
    ),
)
ONCE = Problem(
    "contract.storage.once",
    AFTERWARDS,
    Text(
        "commit() 在写入之前检查 (type, id) 是否重复，重复则抛出 ValueError",
        "let commit() look for a (type, id) that occurs twice before it writes any, and raise ValueError",
    ),
)
REFUSED = Problem(
    "contract.storage.refused",
    AFTERWARDS,
    Text(
        "commit() 先调用 kepu_core.plugins.storage 的 prepared_commit()，全部通过才写；上限以内的文字不得再加限制",
        "let commit() call prepared_commit() of kepu_core.plugins.storage, and write only then; set no limits below its own",
    ),
)
HOSTILITY = Problem(
    "contract.storage.hostile",
    SEEN,
    Text(
        "{method} 把每个文字只当文字：作为参数传给数据库，不拼进语句、模式、JSON 路径或文件名",
        "let {method} take every text for a text: hand it to a database as a parameter, never as a part of a statement, "
        "a pattern, a JSON path or the name of a file",
    ),
)
REWRITTEN = Problem(
    "contract.storage.rewritten",
    AFTERWARDS,
    Text(
        "rewrites 在 writes 之后、同一事务内生效：只换被取代版本的 version、body、index 和 text（删除标记仍是删除标记），"
        "其余不动；不存在或最新的版本抛出 NotFound（代码 store.no-revision）且什么也不写；compact() 和 close() 之后"
        "旧内容不得留在任何文件里",
        "apply rewrites after writes, in the same transaction: replace version, body, index and text of a superseded "
        "revision (a tombstone stays one), and nothing else; raise NotFound with the code store.no-revision for the newest "
        "revision and for one that is not there, and write nothing; let no file hold the old content after compact() and "
        "close()",
    ),
)
ISOLATED = Problem(
    "contract.storage.isolated",
    AFTERWARDS,
    Text(
        "收到的 index 要复制，给出的列表和字典要用副本或不可变的类型",
        "copy each index that is handed in; give out copies, or what cannot be changed",
    ),
)
WRITERS = Problem(
    "contract.storage.writers",
    AFTERWARDS,
    Text(
        "在同一把锁或同一个写事务内核对 expect、取序号并写入；别的写者在忙时等待，不要报错",
        "check expect, take the number and write under one lock, or in one writing transaction; wait for other "
        "writers instead of failing",
    ),
)
KILLED = Problem(
    "contract.storage.killed",
    AFTERWARDS,
    Text(
        "commit() 落盘（flush 并 fsync，或数据库的同步提交）之后才返回；没有写完的提交在打开时整个丢弃，留下的锁不得挡住后来者",
        "let commit() return only when all is on the disk (flushed and synced, or a synchronous commit of the "
        "database); drop a commit that is not all there when opening; let no lock outlive its process",
    ),
)
MADE = Problem(
    "contract.storage.made",
    AFTERWARDS,
    Text(
        "让新库一次成形（先写在临时文件里再改名，或第一次写盘就带上标记）；没有建完的库，open(url, True) 接着建完",
        "make a new store in one stroke (write a file beside it and rename, or let the first write carry the marks), "
        "and let open(url, True) finish one that was begun",
    ),
)
OPEN_FUNCTION = Problem(
    "contract.storage.open-function",
    Text(
        "{what}：另一个进程无法取得后端的 open：{reason}",
        "{what}: another process cannot be given the backend's open: {reason}",
    ),
    Text(
        "把 open 写成可导入模块里的模块级函数，不用 lambda 或内嵌函数",
        "make open a module-level function of a module that can be imported; no lambda, no inner function",
    ),
)
MISSING = Problem(
    "contract.storage.missing",
    SEEN,
    Text(
        "open(url, False) 遇到不存在的库须抛出 StoreRefused（代码 store.missing），并且什么也不建",
        "let open(url, False) raise StoreRefused with the code store.missing where there is no store, and make nothing",
    ),
)
READS_ONLY = Problem(
    "contract.storage.read-only",
    AFTERWARDS,
    Text(
        "open_read_only() 打开的库不写任何文件（也不建锁文件或日志），commit() 抛出 StoreRefused（代码 store.read-only），"
        "每次都看到其他句柄已提交的内容",
        "let a store from open_read_only() write no file (no lock, no journal either), raise StoreRefused with the code "
        "store.read-only on commit(), and look each time at what other handles have committed",
    ),
)
VERIFIED = Problem(
    "contract.storage.verified",
    AFTERWARDS,
    Text(
        "让 verify() 只报与写入时不符之处：删除、重建、改写、被拒绝的提交和 compact() 都不是损坏；校验和随改写一起更新",
        "let verify() tell only what is not as it was written: deletions, rewrites, refused commits and compact() damage "
        "nothing; renew a checksum with what it was made of",
    ),
)
COMPACTED = Problem(
    "contract.storage.compacted",
    AFTERWARDS,
    Text(
        "compact() 只收回空间：每一版、每次提交和索引都留下，其他句柄接着可用",
        "let compact() give back room only: every revision, every commit and the index stay, and other handles go on",
    ),
)
CLOSED = Problem(
    "contract.storage.closed",
    AFTERWARDS,
    Text(
        "让 close() 可以重复调用，并且放开所有文件和锁",
        "let close() be called again, and let go of all files and locks",
    ),
)
STREAMED = Problem(
    "contract.storage.streamed",
    AFTERWARDS,
    Text(
        "find() 返回迭代器；取到一半或被丢弃的迭代器不得占住锁、事务或游标，已给出的顺序不因后来的提交而乱",
        "let find() return an iterator; one that is half read or dropped may hold no lock, transaction or cursor that "
        "a commit needs, and keeps its order whatever is committed meanwhile",
    ),
)
