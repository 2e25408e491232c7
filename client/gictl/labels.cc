#include "client/gictl/labels.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/gictl/fields.h"

namespace gi::client::gictl {
namespace {

struct Label {
  absl::string_view name;
  absl::string_view chinese;
};

constexpr Label kEnumLabels[] = {
    {"VERDICT_AUTHORIZED", "已授权"},
    {"VERDICT_NOT_AUTHORIZED", "未授权"},
    {"VERDICT_UNDECIDED", "无法判定"},
    {"DECISION_REASON_IDENTIFIER_PERSONAL", "疑似居民身份证号码"},
    {"DECISION_REASON_IDENTIFIER_INVALID", "统一社会信用代码无效"},
    {"DECISION_REASON_AMBIGUOUS", "编号对应多个地理标志"},
    {"DECISION_REASON_UNKNOWN_TITLE", "登记簿中无此地理标志"},
    {"DECISION_REASON_UNKNOWN_ENTITY", "登记簿中无此主体"},
    {"DECISION_REASON_TITLE_NOT_IN_FORCE", "地理标志当日无效"},
    {"DECISION_REASON_ENTITY_DISSOLVED", "主体已注销或吊销"},
    {"DECISION_REASON_REMOVED", "授权已移除"},
    {"DECISION_REASON_SUSPENDED", "授权已暂停"},
    {"DECISION_REASON_EXPIRED", "授权已到期"},
    {"DECISION_REASON_NOT_YET_EFFECTIVE", "授权尚未生效"},
    {"DECISION_REASON_PENDING", "申请尚未决定"},
    {"DECISION_REASON_OUT_OF_SCOPE", "超出授权范围"},
    {"DECISION_REASON_NO_RECORD", "登记簿中无授权记录"},
    {"DECISION_REASON_NAME_MISMATCH", "名称与代码不符"},
    {"DECISION_REASON_SOURCE_STALE", "来源登记簿久未更新"},
    {"DECISION_REASON_AUTHORIZED", "已授权"},
    {"DECISION_REASON_FAIR_USE_OF_NAME", "可正当使用地名"},
    {"SCOPE_DIMENSION_AREA", "产地"},
    {"SCOPE_DIMENSION_VARIETY", "品种"},
    {"SCOPE_DIMENSION_GOODS", "商品"},
    {"TITLE_STATE_PENDING", "审查中"},
    {"TITLE_STATE_IN_FORCE", "有效"},
    {"TITLE_STATE_IN_GRACE", "宽展期"},
    {"TITLE_STATE_LAPSED", "期满未续展"},
    {"TITLE_STATE_REVOKED", "已撤销"},
    {"TITLE_STATE_INVALIDATED", "已宣告无效"},
    {"TITLE_STATE_SURRENDERED", "已注销"},
    {"TITLE_STATE_REFUSED", "已驳回"},
    {"TITLE_STATE_PARTLY_IN_FORCE", "部分有效"},
    {"TITLE_EVENT_KIND_APPLIED", "申请"},
    {"TITLE_EVENT_KIND_PUBLISHED", "公告"},
    {"TITLE_EVENT_KIND_REGISTERED", "注册或认定"},
    {"TITLE_EVENT_KIND_RENEWED", "续展"},
    {"TITLE_EVENT_KIND_REVOKED", "撤销"},
    {"TITLE_EVENT_KIND_INVALIDATED", "宣告无效"},
    {"TITLE_EVENT_KIND_SURRENDERED", "注销"},
    {"TITLE_EVENT_KIND_REFUSED", "驳回"},
    {"TITLE_EVENT_KIND_ANNULMENT", "撤回记录"},
    {"INDICATION_KIND_CERTIFICATION_MARK", "证明商标"},
    {"INDICATION_KIND_COLLECTIVE_MARK", "集体商标"},
    {"INDICATION_KIND_GI_PRODUCT", "地理标志产品"},
    {"INDICATION_KIND_AGI", "农产品地理标志"},
    {"INDICATION_KIND_FOREIGN", "互认地理标志"},
    {"AUTHORIZATION_STATE_PENDING", "待决定"},
    {"AUTHORIZATION_STATE_GRANTED", "已授权"},
    {"AUTHORIZATION_STATE_SUSPENDED", "已暂停"},
    {"AUTHORIZATION_STATE_REMOVED", "已移除"},
    {"AUTHORIZATION_STATE_NOT_YET_EFFECTIVE", "尚未生效"},
    {"AUTHORIZATION_STATE_EXPIRED", "已到期"},
    {"GRANT_EVENT_KIND_REQUESTED", "申请"},
    {"GRANT_EVENT_KIND_GRANTED", "授权"},
    {"GRANT_EVENT_KIND_SUSPENDED", "暂停"},
    {"GRANT_EVENT_KIND_REINSTATED", "恢复"},
    {"GRANT_EVENT_KIND_REMOVED", "移除"},
    {"GRANT_EVENT_KIND_ANNULMENT", "撤回记录"},
    {"REMOVAL_GROUND_NOT_TO_STANDARD", "未按标准组织生产"},
    {"REMOVAL_GROUND_TWO_YEARS_UNUSED", "两年内未使用"},
    {"REMOVAL_GROUND_OWN_REQUEST", "自行申请"},
    {"REMOVAL_GROUND_OTHER", "其他"},
    {"ENTITY_STATE_ACTIVE", "存续"},
    {"ENTITY_STATE_DISSOLVED", "已注销或吊销"},
    {"ENTITY_EVENT_KIND_RENAMED", "变更名称"},
    {"ENTITY_EVENT_KIND_DEREGISTERED", "注销"},
    {"ENTITY_EVENT_KIND_LICENCE_REVOKED", "吊销营业执照"},
    {"ENTITY_EVENT_KIND_ANNULMENT", "撤回记录"},
    {"DIVISION_LEVEL_PROVINCE", "省级"},
    {"DIVISION_LEVEL_PREFECTURE", "地级"},
    {"DIVISION_LEVEL_COUNTY", "县级"},
    {"DIVISION_LEVEL_TOWNSHIP", "乡级"},
    {"DIVISION_LEVEL_VILLAGE", "村级"},
    {"SOURCE_KIND_OFFICIAL", "官方文件"},
    {"SOURCE_KIND_PUBLISHED_COPY", "公开副本"},
    {"SOURCE_KIND_UNCONFIRMED", "未经证实"},
    {"SOURCE_KIND_SYNTHETIC", "虚构示例"},
    {"DOCUMENT_KIND_ANNOUNCEMENT", "公告"},
    {"DOCUMENT_KIND_RECORDAL", "许可备案"},
    {"DOCUMENT_KIND_LICENCE", "许可合同"},
    {"DOCUMENT_KIND_MEMBERSHIP", "会员证明"},
    {"DOCUMENT_KIND_DECISION", "决定书"},
    {"DOCUMENT_KIND_OTHER", "其他"},
    {"LAW_VERSION_TRADEMARK_2019", "商标法（2019 年修正）"},
    {"LAW_VERSION_TRADEMARK_2026", "商标法（2026 年修订）"},
    {"LAW_VERSION_GI_PRODUCT_2005", "地理标志产品保护规定"},
    {"LAW_VERSION_GI_PRODUCT_2024", "地理标志产品保护办法"},
    {"LAW_VERSION_AGI_2008", "农产品地理标志管理办法"},
    {"LAW_VERSION_FOREIGN", "原登记地法律"},
    {"NUMBER_KIND_REGISTRATION", "商标注册号"},
    {"NUMBER_KIND_ANNOUNCEMENT", "公告号"},
    {"NUMBER_KIND_AGI_CERTIFICATE", "农产品地理标志证书编号"},
    {"NUMBER_KIND_AGI_SPECIFICATION", "质量控制技术规范编号"},
    {"NUMBER_KIND_FOREIGN_FILE", "原登记簿档案号"},
    {"NAME_KIND_ALIAS", "别名"},
    {"NAME_KIND_TRANSLATION", "译名"},
    {"NAME_KIND_TRANSCRIPTION", "转写"},
    {"SUCCESSION_KIND_RENUMBERED", "改码"},
    {"SUCCESSION_KIND_MERGED", "并入"},
    {"SUCCESSION_KIND_SPLIT", "拆分"},
    {"USCC_VERDICT_OK", "有效"},
    {"USCC_VERDICT_OK_UNKNOWN_DIVISION", "有效，区划未知"},
    {"USCC_VERDICT_OK_LEGACY", "旧代码，经核实"},
    {"ENTITY_FLAG_UNKNOWN_DIVISION", "代码区划未知"},
    {"ENTITY_FLAG_LEGACY_CODE", "旧代码"},
};

constexpr Label kFieldLabels[] = {
    {"name", "资源名称"},
    {"uscc", "统一社会信用代码"},
    {"display_name", "名称"},
    {"aliases", "别名"},
    {"division_code", "所在区划"},
    {"events", "事件"},
    {"source", "来源"},
    {"uscc_verdict", "代码判定"},
    {"flags", "标记"},
    {"state", "状态"},
    {"effective_name", "当日名称"},
    {"create_time", "创建时间"},
    {"update_time", "更新时间"},
    {"revision", "版本"},
    {"kind", "类型"},
    {"names", "名称"},
    {"numbers", "编号"},
    {"number", "编号"},
    {"holder", "权利人"},
    {"area_codes", "产地区划"},
    {"area_text", "产地范围"},
    {"goods", "商品"},
    {"varieties", "品种"},
    {"origin", "原登记簿"},
    {"category", "类别"},
    {"item_states", "各商品状态"},
    {"entity", "主体"},
    {"indication", "地理标志"},
    {"scope", "范围"},
    {"validity", "有效期"},
    {"basis", "依据"},
    {"code", "代码"},
    {"successors", "后继代码"},
    {"level", "级别"},
    {"effective_from", "生效日"},
    {"announced_on", "公告日"},
    {"received_on", "收到日"},
    {"law_version", "适用法律"},
    {"term_end", "期满日"},
    {"grace_end", "宽展期满日"},
    {"annuls", "撤回事件"},
    {"ground", "事由"},
    {"new_name", "新名称"},
    {"title", "标题"},
    {"issuer", "发布机关"},
    {"date", "日期"},
    {"verified", "已核对"},
    {"text", "文字"},
    {"language", "语言"},
    {"nice_class", "尼斯分类"},
    {"first_seen", "首见"},
    {"last_seen", "末见"},
    {"since", "起始"},
    {"inferred", "推断"},
    {"uri", "网址"},
    {"licence", "许可"},
    {"items", "商品项"},
    {"codes", "现行代码"},
    {"path", "沿革"},
    {"partial", "部分匹配"},
    {"display_names", "名称"},
};

absl::string_view Find(absl::Span<const Label> labels, absl::string_view name) {
  for (const Label& label : labels) {
    if (label.name == name) return label.chinese;
  }
  return "";
}

}  // namespace

std::string EnumLabel(const google::protobuf::EnumValueDescriptor& value, Language language) {
  const absl::string_view chinese = Find(kEnumLabels, value.name());
  if (language == Language::kChinese && !chinese.empty()) return std::string(chinese);
  return absl::StrReplaceAll(absl::AsciiStrToLower(ShortName(value)), {{"_", " "}});
}

std::string FieldLabel(const google::protobuf::FieldDescriptor& field, Language language) {
  const absl::string_view chinese = Find(kFieldLabels, field.name());
  if (language == Language::kChinese && !chinese.empty()) return std::string(chinese);
  return absl::StrReplaceAll(field.name(), {{"_", " "}});
}

}  // namespace gi::client::gictl
