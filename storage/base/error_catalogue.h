// The catalogue of errors: the code and the texts of every ErrorReason. Only error.cc reads it.
//
// {key} stands for the metadata of that key (error_reason.proto names the keys of each reason). A text says which field
// and which value is wrong, and how to mend it.
#ifndef GI_STORAGE_BASE_ERROR_CATALOGUE_H_
#define GI_STORAGE_BASE_ERROR_CATALOGUE_H_

#include "absl/status/status.h"
#include "gi/registry/v1/error_reason.pb.h"

namespace gi::error_catalogue {

struct CatalogueRow {
  registry::v1::ErrorReason reason;
  absl::StatusCode code;
  const char* english;
  const char* chinese;
};

inline constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
inline constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
inline constexpr auto kRange = absl::StatusCode::kOutOfRange;

// One row per ErrorReason, in the order of the numbers. What stands in square brackets is left out if it lacks a value.
inline constexpr CatalogueRow kCatalogue[] = {
    {registry::v1::ERROR_REASON_UNSPECIFIED, absl::StatusCode::kInternal,
     "an error without a reason: report it to the operator", "未注明原因的错误：请报告运维人员"},

    {registry::v1::ERROR_REASON_REQUEST_UNDECODABLE, kInvalid,
     "the request is not a valid {type} message: {detail}; send that message, with every string in UTF-8",
     "请求不是有效的 {type} 消息：{detail}；请发送该类型的消息，且所有字符串均为 UTF-8"},
    {registry::v1::ERROR_REASON_REQUEST_TOO_LARGE, kInvalid,
     "the request has {size} bytes and the limit is {limit}: split it into smaller requests",
     "请求为 {size} 字节，上限为 {limit} 字节：请拆分为较小的请求"},
    {registry::v1::ERROR_REASON_FIELDS_INVALID, kInvalid,
     "{count} finding(s) about the fields of the request, the first at {field}: {detail}",
     "请求的字段有 {count} 处问题，第一处在 {field}：{detail}"},
    {registry::v1::ERROR_REASON_FIELD_REQUIRED, kInvalid, "the field {field} is required: give it a value",
     "字段 {field} 为必填项：请填写"},
    {registry::v1::ERROR_REASON_FIELD_TOO_LONG, kInvalid,
     "the field {field} has {size} characters or elements and the limit is {limit}: shorten it",
     "字段 {field} 有 {size} 个字符或元素，上限为 {limit}：请缩减"},
    {registry::v1::ERROR_REASON_FIELD_MALFORMED, kInvalid,
     "the field {field} has the value {value}, which does not have the form it needs: give {expected}",
     "字段 {field} 的值 {value} 不符合格式要求：请填写{expected}"},
    {registry::v1::ERROR_REASON_FIELD_UNKNOWN, kInvalid,
     "the request has a field that this server does not know ({field}): leave it out, or use a newer server",
     "请求含有本服务器不认识的字段（{field}）：请去掉该字段，或使用较新的服务器"},
    {registry::v1::ERROR_REASON_ENUM_UNKNOWN, kInvalid,
     "the field {field} has the number {value}, which is no value of its enum known to this server: give a published "
     "value",
     "字段 {field} 的枚举值 {value} 不为本服务器所知：请使用已公布的取值"},
    {registry::v1::ERROR_REASON_PERSONAL_DATA, kInvalid,
     "the field {field} holds {value}, which is shaped like {shape}; the registry keeps no personal data: remove it",
     "字段 {field} 含有形似{shape}的内容 {value}；本登记系统不保存个人信息：请删去"},
    {registry::v1::ERROR_REASON_DATE_INVALID, kInvalid,
     "the field {field} has the date {value}, which does not exist, is incomplete, or has not come yet where it must "
     "have: give year, month and day of a calendar day, no later than today for what has happened",
     "字段 {field} 的日期 {value} 不存在、不完整或尚未到来：请填写日历上存在的年、月、日；已发生的事项不得晚于今日"},
    {registry::v1::ERROR_REASON_PERIOD_REVERSED, kInvalid,
     "the period {field} begins on {from} and ends before that, on {to}: give an end that is not before the beginning",
     "期间 {field} 起于 {from}，却止于更早的 {to}：请填写不早于起始日的终止日"},
    {registry::v1::ERROR_REASON_UPDATE_MASK_INVALID, kInvalid,
     "{field} names {value}, which is unknown, nested, output only or immutable: name top-level fields that may change",
     "{field} 中的 {value} 不存在、是嵌套字段、仅供输出或不可更改：请列出可更改的顶层字段"},
    {registry::v1::ERROR_REASON_PAGE_TOKEN_INVALID, kInvalid,
     "the page token was not made by this server, or was changed: begin again without a page_token",
     "分页令牌不是本服务器签发的，或已被改动：请去掉 page_token 从头查询"},
    {registry::v1::ERROR_REASON_PAGE_TOKEN_MISMATCH, kInvalid,
     "the page token is of another query, caller or method: repeat the query it came from, or begin without a "
     "page_token",
     "分页令牌属于另一查询、调用方或方法：请按原查询继续，或去掉 page_token 从头查询"},
    {registry::v1::ERROR_REASON_REQUEST_ID_REUSED, kInvalid,
     "the request_id {request_id} was used for another request (revision {revision}): make a new UUID for a new "
     "request",
     "request_id {request_id} 已用于另一请求（版本 {revision}）：新的请求请使用新的 UUID"},
    {registry::v1::ERROR_REASON_CALLER_METADATA_INVALID, kInvalid,
     "the header {header} has the value {value}: send a short pseudonymous id in printable ASCII, or leave it out",
     "请求头 {header} 的值 {value} 无效：请使用简短的 ASCII 化名标识，或不发送该请求头"},

    {registry::v1::ERROR_REASON_USCC_INVALID, kInvalid,
     "the field {field} has {value}, which is not a unified social credit code ({verdict}): compare it with the "
     "licence[; perhaps meant: {proposal}]",
     "字段 {field} 的 {value} 不是有效的统一社会信用代码（{verdict}）：请对照证照核实[；可能应为：{proposal}]"},
    {registry::v1::ERROR_REASON_USCC_PERSONAL_ID, kInvalid,
     "the field {field} has {value}, a resident ID number; natural persons are not registered and it was not kept: "
     "give the "
     "unified social credit code of the organisation",
     "字段 {field} 的 {value} 是居民身份证号码；自然人不予登记，该号码未被保存：请填写单位的统一社会信用代码"},
    {registry::v1::ERROR_REASON_USCC_LEGACY_UNCONFIRMED, kPrecondition,
     "the field {field} has {value}, a legacy code of the 2015-16 Fujian pilot: compare it with the licence, then set "
     "accept_legacy_code",
     "字段 {field} 的 {value} 是 2015 至 2016 年福建试点的旧代码：请对照证照核实后设置 accept_legacy_code"},
    {registry::v1::ERROR_REASON_DIVISION_CODE_MALFORMED, kInvalid,
     "the field {field} has {value}, which is not a division code: give 6, 9 or 12 digits",
     "字段 {field} 的 {value} 不是行政区划代码：请填写 6、9 或 12 位数字"},

    {registry::v1::ERROR_REASON_RESOURCE_NOT_FOUND, absl::StatusCode::kNotFound,
     "{name} is not in the register at the state that was read: check the name and read_at",
     "所读状态的登记簿中没有 {name}：请核对名称和 read_at"},
    {registry::v1::ERROR_REASON_RESOURCE_EXISTS, absl::StatusCode::kAlreadyExists,
     "{name} exists already, with {field} = {value}: use it, or give another value",
     "{name} 已存在，其 {field} 为 {value}：请使用该条记录，或改用其他值"},
    {registry::v1::ERROR_REASON_REFERENCE_NOT_FOUND, kPrecondition,
     "the field {field} names {name}, which is not in the register: create it first, or correct the name",
     "字段 {field} 所指的 {name} 不在登记簿中：请先创建，或更正名称"},
    {registry::v1::ERROR_REASON_ETAG_MISMATCH, absl::StatusCode::kAborted,
     "{name} was changed since it was read (etag given {given}, now {current}): read it again and repeat with its new "
     "etag",
     "{name} 在读取之后已被更改（所给 etag 为 {given}，现为 {current}）：请重新读取并以新的 etag 重试"},
    {registry::v1::ERROR_REASON_TRANSITION_ILLEGAL, kPrecondition,
     "{name} is in state {state} on {date}, which {event} may not follow: allowed there is {allowed}",
     "{name} 于 {date} 的状态为 {state}，其后不得发生 {event}：此时允许 {allowed}"},
    {registry::v1::ERROR_REASON_NOTHING_TO_CORRECT, kPrecondition,
     "the correction would change nothing in {name}: give a value that differs from the present one",
     "更正不会改变 {name} 的任何内容：请给出与现值不同的值"},
    {registry::v1::ERROR_REASON_EVENT_NOT_ANNULLABLE, kPrecondition,
     "the event {event} of {name} is unknown, annulled already or cannot be annulled: read {name} for the ids of its "
     "events",
     "{name} 的事件 {event} 不存在、已被撤回或不可撤回：请读取 {name} 查看其事件编号"},
    {registry::v1::ERROR_REASON_RESOURCE_FULL, kPrecondition,
     "{name} would hold more than {limit} events or elements, the most it may: leave some out, or use another row",
     "{name} 的事件或元素将超过上限 {limit}：请减少数量，或使用另一条记录"},
    {registry::v1::ERROR_REASON_GRANT_OUTLASTS_TITLE, kPrecondition,
     "the field {field} has {to}, but the term of {title} ends on {term_end}, which no grant under it may outlast: "
     "give an "
     "earlier day, or record the renewal first",
     "字段 {field} 为 {to}，而 {title} 的有效期至 {term_end}，其授权不得超过该期限：请填写更早的日期，或先登记续展"},
    {registry::v1::ERROR_REASON_TITLE_AMBIGUOUS, kPrecondition,
     "the field {field} has {value}, which more than one title may answer to: give the resource name of one of "
     "{candidates}",
     "字段 {field} 的 {value} 可能对应多项地理标志：请填写其中一项的资源名称：{candidates}"},

    {registry::v1::ERROR_REASON_REVISION_NOT_READABLE, kRange,
     "revision {revision} cannot be read, only the end of a commit can: read {before} before it or {after} after it",
     "版本 {revision} 不可读取，只有一次提交的末尾可读：请读取其前的 {before} 或其后的 {after}"},
    {registry::v1::ERROR_REASON_RECORD_TIME_IN_FUTURE, kRange,
     "the record time {time} is later than now: give an earlier one, or none for the newest state",
     "记录时间 {time} 晚于当前时间：请给出较早的时间，或不填以读取最新状态"},
    {registry::v1::ERROR_REASON_HISTORY_MISMATCH, kRange,
     "{given} is of another history than the present one, {current} (the registry was restored): read again without it",
     "{given} 属于另一历史，现为 {current}（登记系统曾从归档恢复）：请去掉它重新读取"},

    {registry::v1::ERROR_REASON_CALLER_NOT_ALLOWED, absl::StatusCode::kPermissionDenied,
     "the caller {caller} may not do this: ask the operator for the right to it",
     "调用方 {caller} 无权进行此操作：请向运维人员申请权限"},
    {registry::v1::ERROR_REASON_CALLER_UNKNOWN, absl::StatusCode::kUnauthenticated,
     "the caller is not known: call with credentials that the operator has given out",
     "无法识别调用方：请使用运维人员发放的凭据"},

    {registry::v1::ERROR_REASON_OVERLOADED, absl::StatusCode::kResourceExhausted,
     "the server is overloaded and nothing was done: repeat after the delay in RetryInfo",
     "服务器过载，未执行任何操作：请按 RetryInfo 所示时间后重试"},
    {registry::v1::ERROR_REASON_NOT_SERVING, absl::StatusCode::kUnavailable,
     "the server is starting or stopping and nothing was done: repeat later",
     "服务器正在启动或停止，未执行任何操作：请稍后重试"},
    {registry::v1::ERROR_REASON_COMMIT_OUTCOME_UNKNOWN, absl::StatusCode::kUnknown,
     "the store failed during the commit, and the write may or may not be kept: repeat it with the same request_id",
     "提交时存储发生故障，写入可能已保存也可能未保存：请以同一 request_id 重试"},
    {registry::v1::ERROR_REASON_WRITES_STOPPED, absl::StatusCode::kUnavailable,
     "the store failed earlier and takes no writes until the server is restarted, nothing was done: tell the operator",
     "存储此前发生故障，服务器重启之前不接受写入，未执行任何操作：请联系运维人员"},
    {registry::v1::ERROR_REASON_DATA_CORRUPT, absl::StatusCode::kDataLoss,
     "stored data cannot be decoded, and the server does not guess: {detail}; tell the operator",
     "已存数据无法解码，服务器不作猜测：{detail}；请联系运维人员"},
    {registry::v1::ERROR_REASON_DEADLINE_PASSED, absl::StatusCode::kDeadlineExceeded,
     "the deadline passed before the work began and nothing was done: repeat with a longer deadline",
     "在开始处理之前已超过时限，未执行任何操作：请以更长的时限重试"},
    {registry::v1::ERROR_REASON_INTERNAL, absl::StatusCode::kInternal,
     "a fault of the server: {detail}; report it to the operator", "服务器内部错误：{detail}；请报告运维人员"},
    {registry::v1::ERROR_REASON_COMMIT_TOO_LARGE, kInvalid,
     "the change would make a commit of {size} bytes and the limit is {limit}: split it into several changes",
     "该变更的提交为 {size} 字节，上限为 {limit} 字节：请拆分为多次变更"},
    {registry::v1::ERROR_REASON_STORE_LOCKED, kPrecondition,
     "the data directory {path} is in use by another process ({holder}): stop that one, or use another directory",
     "数据目录 {path} 正被另一进程使用（{holder}）：请停止该进程，或使用其他目录"},
    {registry::v1::ERROR_REASON_STORE_CLOSED, kPrecondition, "the store was closed: open it again before using it",
     "存储已关闭：请重新打开后使用"},
    {registry::v1::ERROR_REASON_STORE_IO, absl::StatusCode::kUnavailable,
     "the store cannot be read or written: {detail}; check its path, the device and the free space",
     "存储无法读写：{detail}；请检查其路径、设备及剩余空间"},

    {registry::v1::ERROR_REASON_RECORD_INCOMPLETE, kPrecondition,
     "{name} is not complete: {count} finding(s), the first at {field}: {detail}; correct the record and submit it "
     "again",
     "{name} 尚不完整：有 {count} 处问题，第一处在 {field}：{detail}；请更正后再提交"},
    {registry::v1::ERROR_REASON_FIELD_CONTRADICTS, kInvalid,
     "the field {field} has {value}, which {other} contradicts: give {expected}",
     "字段 {field} 的值 {value} 与 {other} 矛盾：请填写{expected}"},
    {registry::v1::ERROR_REASON_UNIT_MISMATCH, kInvalid,
     "the field {field} has the unit {value}, which does not fit: give {expected}",
     "字段 {field} 的单位 {value} 不适用：请使用{expected}"},
    {registry::v1::ERROR_REASON_GEOMETRY_OUT_OF_AREA, kInvalid,
     "the field {field} has {value}, outside the extent of the survey, {extent}: compare it with the map",
     "字段 {field} 的坐标 {value} 超出普查范围 {extent}：请对照地图核实"},
    {registry::v1::ERROR_REASON_PLACE_NOT_ASSIGNED, kPrecondition,
     "the field {field} has {value}, which lies in none of the areas of {name}: correct the code, or assign the "
     "township",
     "字段 {field} 的 {value} 不在 {name} 的任一普查区域内：请更正代码，或先指定该乡镇"},
    {registry::v1::ERROR_REASON_SURVEY_NOT_OPEN, kPrecondition,
     "{name} is {state}, in which {event} is not done: it is done while the survey is {allowed}",
     "{name} 的状态为 {state}，此时不能进行 {event}：仅在 {allowed} 时可以"},
    {registry::v1::ERROR_REASON_ROLE_NOT_ALLOWED, absl::StatusCode::kPermissionDenied,
     "{event} of {name} (state: {state}) is not for the role {role}, but for {allowed}: call with that role",
     "{name}（状态：{state}）的 {event} 不由角色 {role} 进行：请以角色 {allowed} 调用"},
    {registry::v1::ERROR_REASON_WARNINGS_UNACKNOWLEDGED, kPrecondition,
     "{name} has warnings that were not acknowledged: {warnings}; read them and name them in acknowledged_warnings",
     "{name} 有尚未确认的提示：{warnings}；请阅读后在 acknowledged_warnings 中列出"},
    {registry::v1::ERROR_REASON_DUPLICATES_UNDECIDED, kPrecondition,
     "{name} may be the same product as {products}: say for each whether it is the same or a different one",
     "{name} 可能与 {products} 为同一产品：请逐一说明相同或不同"},
    {registry::v1::ERROR_REASON_PRODUCT_MERGED, kPrecondition,
     "{name} was merged into {into}: use that one, or take the merging back first",
     "{name} 已并入 {into}：请使用后者，或先撤销合并"},
    {registry::v1::ERROR_REASON_STEP_UNSUPPORTED, kPrecondition,
     "{event} of {name} rests on nothing in the register: record {expected} first",
     "{name} 的 {event} 在登记簿中没有依据：请先登记{expected}"},
    {registry::v1::ERROR_REASON_SUCCESSION_INVALID, kPrecondition,
     "{name} and {other} cannot follow each other: give {expected}",
     "{name} 与 {other} 不能前后承接：请填写{expected}"},

    {registry::v1::ERROR_REASON_MATERIALS_INCOMPLETE, kPrecondition,
     "{name} lacks documents of the checklist: {missing}; record each as present, or waive it with a reason",
     "{name} 缺少申请材料：{missing}；请逐项登记为已备，或注明理由予以豁免"},
    {registry::v1::ERROR_REASON_APPLICATION_INCOMPLETE, kPrecondition,
     "{name} is not ready to be filed: {count} finding(s), the first at {field}: {detail}; correct it and file it "
     "again",
     "{name} 尚不能提交申请：有 {count} 处问题，第一处在 {field}：{detail}；请更正后再提交"},
    {registry::v1::ERROR_REASON_RULE_NOT_FOUND, kPrecondition,
     "no law book of the register has the rule {rule} for the law {law}: list the law books for what there is",
     "登记簿的法律规则库中没有 {law} 的规则 {rule}：请列出法律规则库查看现有规则"},
    {registry::v1::ERROR_REASON_TOO_MANY_ROWS, kPrecondition,
     "the answer would have {count} rows and the limit is {limit}: narrow the filter",
     "结果有 {count} 行，上限为 {limit} 行：请缩小筛选范围"},

    {registry::v1::ERROR_REASON_IMPORT_NOT_OPEN, kPrecondition,
     "{name} is {state}: nothing more can be sent to it; begin another import of the file",
     "{name} 的状态为 {state}，不能再接收数据：请为该文件新建导入"},
    {registry::v1::ERROR_REASON_IMPORT_OUT_OF_ORDER, kPrecondition,
     "{name} has dealt with all rows up to line {last}, and line {line} came after that: send rows in ascending order, "
     "beginning after line {last}",
     "{name} 已处理至第 {last} 行，随后又收到第 {line} 行：请按行号升序、从第 {last} 行之后发送"},
    {registry::v1::ERROR_REASON_IMPORT_ROW_REPEATED, kInvalid,
     "line {line} is about the same as line {other} ({value}) but says something else: keep the one that is right",
     "第 {line} 行与第 {other} 行为同一对象（{value}），但内容不同：请保留正确的一行"},
    {registry::v1::ERROR_REASON_ROW_DIFFERS, kPrecondition,
     "{name} is in the register with other values of {fields}, which an import does not correct: correct it there, or "
     "record the event that changed it",
     "{name} 已登记，{fields} 的内容不同，导入不予更正：请直接更正，或登记引起变化的事项"},
    {registry::v1::ERROR_REASON_IMPORT_NOT_REVERTIBLE, kPrecondition,
     "{name} is not taken back: {count} row(s) stand in the way, the first one is {field}: {detail}; set these right "
     "by "
     "hand, or undo what was done with them, and revert again",
     "{name} 未撤回：有 {count} 条记录不能撤回，第一条为 {field}：{detail}；请先手工处理这些记录，再撤回"},
    {registry::v1::ERROR_REASON_ROW_CHANGED_SINCE, kPrecondition,
     "{name} (line {line}) was changed after the import, at revision {revision}: what was said there would be lost",
     "{name}（第 {line} 行）在导入之后又有更改（版本 {revision}），撤回会丢失该更改"},
    {registry::v1::ERROR_REASON_ROW_REFERRED_TO, kPrecondition,
     "{name} (line {line}) was created by the import and is named by {other}: that would be left without it",
     "{name}（第 {line} 行）由导入新增，已被 {other} 引用：撤回后该引用将落空"},
    {registry::v1::ERROR_REASON_IMPORT_REVERTED, kPrecondition,
     "{name} and {by} belong together, one takes the other back: there is nothing more to revert; import the file "
     "again "
     "if its rows are wanted",
     "{name} 与 {by} 为一次导入及其撤回，不能再撤回；如需其数据，请重新导入文件"},
    {registry::v1::ERROR_REASON_IMPORT_STILL_OPEN, kPrecondition,
     "{name} has not ended: finish it first, then revert it", "{name} 尚未结束：请先结束导入，再撤回"},
    {registry::v1::ERROR_REASON_STATE_NOT_IMPORTED, kInvalid,
     "the row says {value}, which an import cannot bring about: restore the archive, or leave the state empty and "
     "record "
     "then what happened",
     "该行的状态为 {value}，导入不能产生此状态：请恢复存档，或将状态留空导入后再登记相应事项"},
    {registry::v1::ERROR_REASON_ARCHIVE_INVALID, kInvalid,
     "the archive cannot be restored: {detail}; take another copy of it, or make it again",
     "存档不能恢复：{detail}；请使用另一份存档，或重新生成"},
    {registry::v1::ERROR_REASON_IMPORT_ROW_TWICE, kInvalid,
     "line {line} says once more what line {other} says ({value}): one of them is enough",
     "第 {line} 行与第 {other} 行重复（{value}），内容相同：保留一行即可"},
    {registry::v1::ERROR_REASON_ROW_NOT_PUT_BACK, kPrecondition,
     "{name} (line {line}) was taken back and is not put back, because {other} was created or changed meanwhile: "
     "compare "
     "it with what it was at revision {revision}",
     "{name}（第 {line} 行）已撤回而未能放回，因为其间新增或修改了 {other}：请与其在版本 {revision} 的内容核对"},
    {registry::v1::ERROR_REASON_NO_END_GIVEN, kInvalid,
     "{field} is empty: the grant holds without an end; if it has one, give it, and if it has none, say so (长期)",
     "未填写 {field}：按无固定期限登记；如有截止日期请补填，确无期限请填“长期”"},
};

}  // namespace gi::error_catalogue

#endif  // GI_STORAGE_BASE_ERROR_CATALOGUE_H_
